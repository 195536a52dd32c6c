import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MLC = join(ROOT, 'apps/cli/bin/mlc.js');
const START_MS_MAX = 30_000;
const LOOK_EVERY_MS = 100;

/** What a finished `mlc` call said. */
export interface Said {
  readonly status: number;
  /** One JSON document per line of its output. */
  readonly lines: Record<string, unknown>[];
  readonly err: string;
}

/** A role of `mlc` in a process of its own. */
export interface Role {
  readonly child: ChildProcess;
  /** Ends it and resolves with its exit status; null when a signal ended it. Rejects with its last words when it had ended with an error. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Builds what the bin runs; nothing to do after `npm run check`. */
export async function build(): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'apps/cli'],
    { cwd: ROOT },
  );
}

/** Runs one `mlc … --json` to its end. */
export async function mlc(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  const child = spawn(process.execPath, [MLC, ...args, '--json'], {
    cwd: env['MLC_DATA_DIR'],
    env: environment(env),
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const texts = out.split('\n').filter((line) => line.startsWith('{'));
  return { status, err, lines: texts.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Starts a role and waits until it says it is ready. */
export async function startRole(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<Role> {
  const child = spawn(process.execPath, [MLC, ...args], {
    cwd: env['MLC_DATA_DIR'],
    env: environment(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until(`mlc ${args.join(' ')} is ready`, async () => {
    if (child.exitCode !== null)
      throw new Error(`mlc ${args.join(' ')} ended with ${child.exitCode}: ${err}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    return answer?.ok === true;
  });
  return {
    child,
    end: (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended.then((code) => {
        if (code !== null && code !== 0) throw new Error(`mlc ${args.join(' ')} ended with ${code}: ${err}`);
        return code;
      });
    },
  };
}

/** Waits for a condition. @throws when it does not come true in time. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_MS_MAX;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '', TZ } = process.env;
  return { PATH, HOME, ...(TZ === undefined ? {} : { TZ }), ...env };
}

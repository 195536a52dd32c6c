import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/mlc-test-programs/', import.meta.url));

/** Bare names other than our packages' are found in node_modules when the program runs. */
const npmOutside: Plugin = {
  name: 'npm-outside',
  setup: (options) => {
    options.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@mlc/') ? undefined : { path, external: true },
    );
  },
};

/**
 * Bundles a TypeScript program for tests that need a second process, from the sources as they are now, and returns the
 * path of the bundle. `resolveDir` is where its relative imports start. Packages from npm stay outside. Not for code
 * that finds files relative to itself.
 */
export async function buildProgram(code: string, resolveDir: string): Promise<string> {
  const outfile = join(CACHE, `${randomUUID()}.mjs`);
  await mkdir(CACHE, { recursive: true });
  await build({
    stdin: { contents: code, loader: 'ts', resolveDir },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@mlc/source'],
    plugins: [npmOutside],
    logLevel: 'silent',
  });
  return outfile;
}

/** A running test program whose lines can be waited for. */
export interface Program {
  readonly child: ChildProcess;
  /** Resolves with the first line of stdout (from now or before) that starts with the text. */
  line(start: string): Promise<string>;
  /** Resolves when it has ended: exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Runs a program; stderr goes through to the test's own. */
export function runProgram(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, ['--enable-source-maps', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const look of waiting) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((text) => text.startsWith(start));
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${String(code)} before "${start}"`)));
    });
  return { child, line, ended };
}

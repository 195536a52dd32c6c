import { type ChildProcess, fork, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakesAnswer, FakesOrder } from './fakes/fakes-process.ts';

/** Where the builds log, in the bench's folder. */
export const LOG = 'mlc.log';

/** Starts one of the bench's own modules as a process of its own. */
export function start(module: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
}

export function nextMessage<T>(child: ChildProcess, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${what} ended with ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });
}

/** Told to end, and waited for; killed when it takes long. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const killing = setTimeout(() => child.kill('SIGKILL'), 15_000);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(killing);
}

export function pidOf(child: ChildProcess): number {
  return child.pid ?? 0;
}

/** The three providers in one process. */
export interface Fakes {
  readonly pid: number;
  readonly urls: { readonly freshbooks: string; readonly gocardless: string; readonly paypal: string };
  ask(order: FakesOrder): Promise<FakesAnswer>;
  stop(): Promise<void>;
}

export async function startFakes(): Promise<Fakes> {
  const child = start('fakes/fakes-process.js', []);
  const { ports } = await nextMessage<{ ports: [number, number, number] }>(child, 'the fakes');
  const [freshbooks, gocardless, paypal] = ports.map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
    string,
  ];
  return {
    pid: pidOf(child),
    urls: { freshbooks, gocardless, paypal },
    ask: (order) => {
      const answer = nextMessage<FakesAnswer>(child, 'the fakes');
      child.send(order);
      return answer;
    },
    stop: () => end(child),
  };
}

/** `mlc <args>` of a build. What it logs is added to a file in its folder. */
export function startMlc(
  root: string,
  args: readonly string[],
  { folder, env }: { folder: string; env: NodeJS.ProcessEnv },
): ChildProcess {
  const log = openSync(join(folder, LOG), 'a');
  return spawn(process.execPath, [`${root}/apps/cli/bin/mlc.js`, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', log],
  });
}

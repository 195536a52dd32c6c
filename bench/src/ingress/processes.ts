import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Load, Round } from './load.ts';

/** Starts one of our own modules as a process of its own. */
function start(module: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(module, import.meta.url)), args, { stdio: 'inherit' });
}

function nextMessage<T>(child: ChildProcess, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${what} ended with ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}

/** A server under test, in its own process. */
export interface ServerProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/** `module` is the file's name in servers/, without its ending. */
export async function startServer(module: string, args: readonly string[] = []): Promise<ServerProcess> {
  const child = start(`servers/${module}.js`, args);
  const { port } = await nextMessage<{ port: number }>(child, module);
  return { port, stop: () => stop(child) };
}

/** The load's process. */
export interface LoadProcess {
  run(load: Load): Promise<Round>;
  stop(): Promise<void>;
}

export function startLoad(): LoadProcess {
  const child = start('load-process.js', []);
  return {
    run: async (load) => {
      child.send(load);
      const answer = await nextMessage<{ round: Round } | { error: string }>(child, 'the load');
      if ('error' in answer) throw new Error(answer.error);
      return answer.round;
    },
    stop: () => stop(child),
  };
}

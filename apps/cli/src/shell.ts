import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** What a verb prints to and where it runs; tests bring their own. */
export interface Shell {
  /** Results, to stdout. Resolves when the reader keeps up. */
  readonly out: (text: string) => Promise<void>;
  /** Progress and notices, to stderr. */
  readonly err: (text: string) => void;
  /** Lines of progress may be rewritten: a person watches stderr. */
  readonly isWatched: boolean;
  /** Asks the person at the terminal and resolves to the line they typed; left out where there is none. */
  readonly ask?: (question: string) => Promise<string>;
  /** Environment and working directory; left out: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** One call of a verb: its arguments, its options, and what every verb takes. */
export interface Call<Options extends object = object> {
  readonly shell: Shell;
  readonly args: readonly string[];
  readonly options: Options & CommonOptions;
}

/** Options of every verb; contract section 6. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly business?: string;
}

/** Resolves to the exit status: 0 done, 1 the answer is no or the work failed. */
export type Verb<Options extends object = object> = (call: Call<Options>) => Promise<number>;

/** Asked for in a way that cannot work: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The work cannot be done; the message says why and what to do, a stack would not help. Exit status 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The process's own streams. */
export function processShell(): Shell {
  // A reader that has seen enough (head) closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    out: async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    err: (text) => void process.stderr.write(text),
    isWatched: process.stderr.isTTY,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askPerson } : {}),
  };
}

/** On stderr: stdout is for results. Ctrl-D answers with nothing. */
async function askPerson(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await Promise.race([terminal.question(question), once(terminal, 'close').then(() => '')]);
  } finally {
    terminal.close();
  }
}

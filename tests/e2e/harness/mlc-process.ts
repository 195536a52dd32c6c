import { type ChildProcess, spawn } from 'node:child_process';
import { BIN } from './built.ts';

/** Where `mlc` runs: nothing of the test run's own environment gets in but PATH, HOME and TZ. */
export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How a process ended. */
export interface Ended {
  /** Null after a signal. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** From start to end. */
  readonly tookMs: number;
}

/** One running `mlc`, an operating system process of its own. */
export interface MlcProcess {
  readonly name: string;
  readonly ended: Promise<Ended>;
  isRunning(): boolean;
  /** The end of what it wrote to stderr, for the message of a test that waited in vain. */
  lastWords(): string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const LAST_WORDS = 4_000;
const started = new Set<MlcProcess>();

/** Starts `mlc` with these arguments. */
export function startMlc(place: Place, args: readonly string[]): MlcProcess {
  const { PATH = '', HOME = '', TZ } = process.env;
  const beganAt = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: place.cwd,
    env: { PATH, HOME, ...(TZ === undefined ? {} : { TZ }), ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status, signal) => {
      started.delete(running);
      resolve({ status, signal, ...said, tookMs: performance.now() - beganAt });
    });
  });
  const running: MlcProcess = {
    name: args.join(' '),
    ended,
    isRunning: () => isRunning(child),
    lastWords: () => said.err.slice(-LAST_WORDS),
    signal: (signal) => child.kill(signal),
    kill: async () => {
      if (isRunning(child)) child.kill('SIGKILL');
      await ended;
    },
  };
  started.add(running);
  return running;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Ends every process this test file started and that still runs. For afterAll. */
export async function killAll(): Promise<void> {
  await Promise.all([...started].map((each) => each.kill()));
}

/** What the running processes said last, for the message of a test that failed. */
export function lastWordsOfAll(): string {
  return [...started].map((each) => `--- ${each.name}\n${each.lastWords()}`).join('\n');
}

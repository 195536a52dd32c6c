import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './setup/free-port.ts';

/** A throw-away Redis (or Valkey) on a loopback port of its own. */
export interface TestRedis {
  readonly url: string;
  /** Kills it with SIGKILL; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const BINARIES = ['redis-server', 'valkey-server'];
const START_TIMEOUT_MS = 10_000;

function findBinary(): string | undefined {
  return BINARIES.find((name) => spawnSync(name, ['--version']).status === 0);
}

/**
 * Whether tests can have a Redis. With `CI=true` a machine without one is an error; elsewhere it is said loudly and
 * the Redis half of a suite is left out.
 */
export function redisAvailable(): boolean {
  if (findBinary() !== undefined) return true;
  const message = `no ${BINARIES.join(' or ')} on PATH: the tests on Redis`;
  if (process.env['CI'] === 'true') throw new Error(`${message} cannot run`);
  process.stderr.write(`\n*** ${message} ARE LEFT OUT ***\n`);
  return false;
}

/** Starts one. `args` are added to its command line, e.g. `['--cluster-enabled', 'yes']`. */
export async function startTestRedis(args: readonly string[] = []): Promise<TestRedis> {
  const binary = findBinary();
  if (binary === undefined) throw new Error(`no ${BINARIES.join(' or ')} on PATH`);
  const dir = await mkdtemp(join(tmpdir(), 'mlc-test-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn(
      binary,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir, ...args],
      { stdio: 'ignore' },
    );
    await untilAnswering(port);
  };
  const kill = async (): Promise<void> => {
    const dying = server;
    server = undefined;
    if (dying === undefined) return;
    const gone = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    start,
    kill,
    stop: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Sends one command in Redis' inline form and returns the first piece of the answer. */
export function redisCommand(url: string, command: string): Promise<string> {
  return inline(Number(new URL(url).port), command);
}

function inline(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString('utf8').trim());
    });
    socket.once('error', reject);
  });
}

async function untilAnswering(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = await inline(port, 'PING').catch(() => '');
    if (answer === '+PONG') return;
    if (Date.now() > deadline) throw new Error(`Redis did not answer on port ${String(port)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The queue stores an engine suite runs on; Redis is left out (loudly) where there is none. */
export const QUEUE_BACKENDS: readonly ('redis' | 'postgres')[] = redisAvailable()
  ? ['redis', 'postgres']
  : ['postgres'];

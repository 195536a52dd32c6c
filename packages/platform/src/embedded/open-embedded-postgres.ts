import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { newClient } from '../postgres/postgres.ts';
import { ownFolder } from '../files/own-file.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { withFileLock } from './file-lock.ts';
import { ensureRunning, stopServer, urlOf } from './server.ts';

/** A running server and our part in keeping it up. */
export interface EmbeddedPostgres {
  /** Of the database `mlc`; the same as long as the server's port stays free. */
  readonly url: string;
  /** Ends our use; the last user stops the server. Close every connection before. */
  release(): Promise<void>;
}

/**
 * The register of users is the server itself: each process holds one connection of this name, which ends with the
 * process however it ends, so there is nothing stale to clean up.
 */
const USER_CONNECTION = 'mlc-user';
const RECOVERY_PAUSE_MS = 1_000;
const COUNT_TIMEOUT_MS = 5_000;

/**
 * The embedded Postgres of `dataDir`: initialised at first use, shared by all processes that use the folder, started
 * when none runs, started again when it crashes while in use.
 */
export async function openEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  await ownFolder(dataDir);
  const lockFile = join(dataDir, 'postgres.lock');
  let released = false;
  const isReleased = () => released;

  const enter = () =>
    withFileLock(lockFile, async () => {
      const cluster = await openCluster(dataDir);
      const settings = await ensureRunning(dataDir, cluster);
      return { cluster, user: await connectUser(urlOf(settings), recover), url: urlOf(settings) };
    });
  let current: Awaited<ReturnType<typeof enter>>;

  function recover(): void {
    if (!isReleased()) void reenter();
  }
  async function reenter(): Promise<void> {
    while (!isReleased()) {
      try {
        current = await enter();
        if (isReleased()) await leaveNow();
        return;
      } catch {
        await wait(RECOVERY_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  const leaveNow = () => withFileLock(lockFile, () => leave(current.cluster, current.user, current.url));

  current = await enter();
  return {
    url: current.url,
    release: async () => {
      if (isReleased()) return;
      released = true;
      await leaveNow();
    },
  };
}

async function connectUser(url: string, onEnd: () => void): Promise<pg.Client> {
  const client = newClient(url, { application_name: USER_CONNECTION, keepAlive: true });
  // Its end is what matters; the error that comes with it says nothing more.
  client.on('error', () => undefined);
  await client.connect();
  client.once('end', onEnd);
  return client;
}

async function leave(cluster: Cluster, user: pg.Client, url: string): Promise<void> {
  const others = await countOthers(url, user);
  await user.end().catch(() => undefined);
  if (others === 0) await stopServer(cluster);
}

/** Users besides us; null when no server answers any more. Asked anew because our own connection may be a dead one. */
async function countOthers(url: string, user: pg.Client): Promise<number | null> {
  const client = newClient(url, { connectionTimeoutMillis: COUNT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ others: number }>(
      'SELECT count(*)::int AS others FROM pg_stat_activity WHERE application_name = $1 AND pid <> $2',
      [USER_CONNECTION, (user as unknown as { processID: number | null }).processID ?? 0],
    );
    return rows[0]?.others ?? 0;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

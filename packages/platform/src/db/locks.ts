import { ConnectorError, LockBusyError, type Locks, type Log } from '@mlc/core';
import { createHash } from 'node:crypto';
import pg from 'pg';

/** The locks of one process; see `openLocks`. */
export interface ProcessLocks extends Locks {
  /** Waits for nobody: what is still held is let go. */
  close(): Promise<void>;
}

/** One Postgres session that holds locks; all of them are gone when it ends. */
interface Session {
  readonly client: pg.Client;
  /** The statement sent last: a connection takes one at a time. */
  last: Promise<unknown>;
  lost: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Locks across processes: Postgres session advisory locks on one connection of this process's own (directly to the
 * server, not through a pooler in transaction mode), plus a set for the jobs within the process, because session locks
 * are re-entrant. When the connection is lost while a lock is held, `withLock` rejects as `transient` after the work:
 * somebody else may have worked under the same lock meanwhile.
 */
export function openLocks(databaseUrl: string, log: Log): ProcessLocks {
  const held = new Set<string>();
  const connection = sessionOf(databaseUrl, log);
  return {
    withLock: async (key, work) => {
      if (held.has(key)) throw new LockBusyError(key);
      held.add(key);
      try {
        return await holding(await acquire(connection, key), key, work);
      } finally {
        held.delete(key);
      }
    },
    close: () => connection.close(),
  };
}

/** The work's own failure says more than a lock lost beside it. */
async function holding<T>(session: Session, key: string, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await release(session, key).catch(() => undefined);
    throw error;
  }
  await release(session, key);
  return result;
}

async function acquire(connection: SessionSource, key: string): Promise<Session> {
  const session = await connection.current();
  let locked: boolean;
  try {
    locked = await ask(session, 'SELECT pg_try_advisory_lock($1::bigint) AS yes', key);
  } catch (error) {
    throw lockFailure(key, 'could not be taken', error);
  }
  if (!locked) throw new LockBusyError(key);
  return session;
}

/** @throws ConnectorError when the session ended while the lock was thought to be held. */
async function release(session: Session, key: string): Promise<void> {
  if (session.lost) throw lockFailure(key, 'was lost while it was held');
  try {
    await ask(session, 'SELECT pg_advisory_unlock($1::bigint) AS yes', key);
  } catch (error) {
    throw lockFailure(key, 'was lost while it was held', error);
  }
}

/** Asks one question about one lock, after those asked before it. */
async function ask(session: Session, text: string, key: string): Promise<boolean> {
  const answer = session.last.then(() => session.client.query<{ yes: boolean }>(text, [lockNumber(key)]));
  session.last = answer.catch(() => undefined);
  const { rows } = await answer;
  return rows[0]?.yes === true;
}

function lockFailure(key: string, what: string, cause?: unknown): ConnectorError {
  return new ConnectorError({
    kind: 'transient',
    provider: 'mlc',
    operation: 'lock',
    message: `the lock ${key} ${what}: the connection to Postgres broke`,
    cause,
  });
}

/** Advisory locks are numbers: the first 64 bits of the key's SHA-256, signed. */
export function lockNumber(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest().readBigInt64BE(0).toString();
}

interface SessionSource {
  current(): Promise<Session>;
  close(): Promise<void>;
}

/** The current session, opened on first use and again after it broke. */
function sessionOf(databaseUrl: string, log: Log): SessionSource {
  let opening: Promise<Session> | undefined;
  const open = async (): Promise<Session> => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'mlc-locks',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    const session: Session = { client, last: Promise.resolve(), lost: false };
    const lose = (): void => {
      if (session.lost) return;
      session.lost = true;
      opening = undefined;
    };
    client.on('error', (error) => {
      if (!session.lost) log.warn('locks.connection_lost', { error: error.message });
      lose();
    });
    client.on('end', lose);
    await client.connect();
    return session;
  };
  return {
    current: () => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw new ConnectorError({
          kind: 'transient',
          provider: 'mlc',
          operation: 'lock',
          message: 'Postgres cannot be reached for a lock',
          cause: error,
        });
      });
      return opening;
    },
    close: async () => {
      const session = await opening?.catch(() => undefined);
      if (session === undefined || session.lost) return;
      await session.client.end();
    },
  };
}

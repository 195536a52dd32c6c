import { ConnectorError, LockBusyError, type Locks, type Log } from '@mlc/core';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { newClient } from '../postgres/postgres.ts';
import { type Conversation, conversationOn } from '../postgres/conversation.ts';
import { type Fence, gateNumber, lockFailure, lockLost, lockNumber } from './fence.ts';

/** The locks of one process; see `openLocks`. */
export interface ProcessLocks extends Locks {
  withLock<T>(key: string, work: (fence: Fence) => Promise<T>): Promise<T>;
  /** Waits for nobody: what is still held is let go. */
  close(): Promise<void>;
}

/** One Postgres session that holds locks; all of them are gone when it ends. */
interface Session {
  readonly client: pg.Client;
  /** Locks of many jobs are asked for and let go side by side. */
  readonly ask: Conversation['ask'];
  /** The number of a lock that it has for as long as it lives: who can take it knows that the session is gone. */
  readonly life: string;
  /** Locks to be given back by one statement, which is about to be sent. */
  letGo: { readonly numbers: string[]; readonly done: Promise<unknown> } | null;
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
async function holding<T>(session: Session, key: string, work: (fence: Fence) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work(() => {
      if (session.lost) throw lockLost(key);
      return [{ key, life: session.life }];
    });
  } catch (error) {
    await release(session, key).catch(() => undefined);
    throw error;
  }
  await release(session, key);
  return result;
}

async function acquire(connection: SessionSource, key: string): Promise<Session> {
  const session = await connection.current();
  const taken = await take(session, key).catch((error: unknown) => {
    throw lockFailure(key, 'could not be taken', error);
  });
  if (taken === 'busy') throw new LockBusyError(key);
  if (taken === 'fenced') {
    await release(session, key);
    throw new LockBusyError(key);
  }
  return session;
}

/** `fenced`: it is free, but a transaction of somebody who had it is still under way. */
async function take(session: Session, key: string): Promise<'taken' | 'fenced' | 'busy'> {
  const { rows } = await session.ask(TAKE, [lockNumber(key), gateNumber(key)]);
  const [row] = rows as readonly { readonly taken: boolean; readonly open: boolean }[];
  if (row?.taken !== true) return 'busy';
  return row.open ? 'taken' : 'fenced';
}

/** A gate is closed for as long as a transaction that passed the fence goes on; here it is only looked at. */
const TAKE = `
SELECT taken, CASE WHEN taken THEN pg_try_advisory_xact_lock($2::bigint) ELSE false END AS open
FROM (SELECT pg_try_advisory_lock($1::bigint) AS taken OFFSET 0) AS tried`;

/** @throws ConnectorError when the session ended while the lock was thought to be held. */
async function release(session: Session, key: string): Promise<void> {
  if (session.lost) throw lockLost(key);
  try {
    await unlock(session, lockNumber(key));
  } catch (error) {
    throw lockLost(key, error);
  }
}

/** A job lets go of all its locks at once: one statement for those of one moment. */
function unlock(session: Session, number: string): Promise<unknown> {
  if (session.letGo === null) {
    const numbers: string[] = [];
    const done = Promise.resolve().then(() => {
      session.letGo = null;
      return session.ask(UNLOCK, [numbers]);
    });
    session.letGo = { numbers, done };
  }
  session.letGo.numbers.push(number);
  return session.letGo.done;
}

const UNLOCK = 'SELECT pg_advisory_unlock(number) FROM unnest($1::bigint[]) AS number';

interface SessionSource {
  current(): Promise<Session>;
  close(): Promise<void>;
}

/** The current session, opened on first use and again after it broke. */
function sessionOf(databaseUrl: string, log: Log): SessionSource {
  let opening: Promise<Session> | undefined;
  const open = async (): Promise<Session> => {
    const client = newClient(databaseUrl, {
      application_name: 'mlc-locks',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    const life = randomBytes(8).readBigInt64BE(0).toString();
    const session: Session = { client, ...conversationOn(client), life, letGo: null, lost: false };
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
    await client.query('SELECT pg_advisory_lock($1::bigint)', [life]);
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

import type pg from 'pg';
import { type Conversation, conversationOn } from './conversation.ts';
import { type Sql, sqlOver } from './sql.ts';
import { sqlStateOf } from './sql-state.ts';

/** When a statement failed and somebody caught the error, Postgres answers COMMIT with a rollback and no error. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';

  constructor() {
    super('a statement of the transaction had failed: nothing of it is written');
  }
}

/**
 * All or nothing, on one connection of the pool, READ COMMITTED. Statements go out as they are asked for, the first ones together
 * with BEGIN, the last ones with COMMIT: what waits for no answer takes one round trip. One that takes longer than
 * `timeoutMs` is taken back and its connection thrown away.
 */
export async function transactionOn<T>(
  pool: pg.Pool,
  work: (sql: Sql) => Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const lease = leaseOf(await pool.connect());
  const timer = setTimeout(() => {
    lease.end(new Error(`a transaction took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  const transaction = begin(conversationOn(lease.client));
  try {
    const result = await work(transaction.sql);
    await transaction.commit();
    return result;
  } catch (error) {
    const cause = await transaction.failed(error);
    await transaction.rollBack().catch(() => lease.end(asError(error)));
    throw cause;
  } finally {
    clearTimeout(timer);
    lease.end();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A connection that goes back to its pool once; with an error it is thrown away instead. */
function leaseOf(client: pg.PoolClient) {
  let ended = false;
  const end = (error?: Error): void => {
    if (!ended) client.release(error);
    ended = true;
  };
  return { client, end };
}

interface Begun {
  /** Refuses what is asked for after the end: the connection is somebody else's by then. */
  readonly sql: Sql;
  commit(): Promise<void>;
  /** Why the transaction failed, given what was thrown in it: what nobody waited for may have failed first. */
  failed(error: unknown): Promise<unknown>;
  rollBack(): Promise<unknown>;
}

function begin({ ask }: Conversation): Begun {
  const told: Promise<unknown>[] = [];
  let isOver = false;
  const later = <T>(answered: Promise<T>): Promise<T> => {
    answered.catch(() => undefined);
    told.push(answered);
    return answered;
  };
  const unlessOver: Conversation['ask'] = (text, values) =>
    isOver ? Promise.reject(new Error('the transaction is over')) : ask(text, values);
  const own = sqlOver({ ask: unlessOver }, true);
  void later(ask('BEGIN'));
  return {
    sql: {
      ...own,
      tell: (...statement) => {
        void later(own.tell(...statement));
        return Promise.resolve();
      },
    },
    commit: async () => {
      isOver = true;
      const committed = later(ask('COMMIT'));
      await Promise.all(told);
      if ((await committed).command !== 'COMMIT') throw new AbortedError();
    },
    failed: async (error) => {
      isOver = true;
      const ended = await Promise.allSettled(told);
      const first = ended.find((one) => one.status === 'rejected');
      return sqlStateOf(error) === '' || first === undefined ? error : (first.reason as unknown);
    },
    rollBack: () => ask('ROLLBACK'),
  };
}

import type pg from 'pg';
import { type Sql, sqlOver } from './sql.ts';

/** The rows that what was sent along with BEGIN answered. */
export type Opened = readonly Readonly<Record<string, unknown>>[];

/** How a transaction of prepared statements begins and how long it may take. */
export interface TransactionOptions {
  /** A statement without parameters that is sent together with BEGIN, in one round trip. */
  readonly opening?: string | undefined;
  /** One that takes longer is taken back and its connection thrown away. */
  readonly timeoutMs: number;
}

/** When a statement failed and somebody caught the error, Postgres answers COMMIT with a rollback and no error. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';

  constructor() {
    super('a statement of the transaction had failed: nothing of it is written');
  }
}

/** All or nothing, on one connection of the pool, READ COMMITTED. */
export async function transactionOn<T>(
  pool: pg.Pool,
  work: (sql: Sql, opened: Opened) => Promise<T>,
  { opening, timeoutMs }: TransactionOptions,
): Promise<T> {
  const lease = leaseOf(await pool.connect());
  const { client } = lease;
  const timer = setTimeout(() => {
    lease.end(new Error(`a transaction took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    const result = await work(sqlOver(client, true), await begin(client, opening));
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new AbortedError();
    return result;
  } catch (error) {
    if (!(error instanceof AbortedError))
      await client.query('ROLLBACK').catch(() => lease.end(asError(error)));
    throw error;
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

/** Several statements in one text answer with a list of results. */
async function begin(client: pg.ClientBase, opening: string | undefined): Promise<Opened> {
  if (opening === undefined) {
    await client.query('BEGIN');
    return [];
  }
  const results = (await client.query(`BEGIN; ${opening}`)) as unknown as readonly pg.QueryResult[];
  return (results.at(-1)?.rows ?? []) as Opened;
}

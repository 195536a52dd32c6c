import type pg from 'pg';
import { fetchRows, type Query } from './cursor.ts';
import type { Database } from './database.ts';

/** One state of the database, read by several statements. */
export interface Snapshot {
  /** All rows of a small answer. */
  all<Row extends object>(query: Query): Promise<Row[]>;
  /** The rows of an answer of any size, in flat memory. Several may be open at once. */
  rows<Row extends object>(query: Query): AsyncGenerator<Row>;
}

/**
 * For reports over everything, on this connection only: room for hash tables and sorts, and no plans that are quick for
 * the first rows and slow for all.
 */
const SETTINGS = `SET LOCAL work_mem = '64MB'; SET LOCAL cursor_tuple_fraction = 1; SET LOCAL jit = off`;

/**
 * Runs the work on the database as it is now: nothing that is committed meanwhile is seen. Holds one connection of the
 * pool in a read-only transaction until the work ends.
 */
export async function withSnapshot<T>(
  database: Database,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(SETTINGS);
    return await work(snapshotOn(client));
  } finally {
    const ended = await client.query('ROLLBACK').then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : true),
    );
    client.release(ended);
  }
}

function snapshotOn(client: pg.PoolClient): Snapshot {
  let cursors = 0;
  return {
    all: async <Row extends object>({ text, values }: Query) =>
      (await client.query<Row>(text, [...values])).rows,
    rows: <Row extends object>(query: Query) => {
      cursors += 1;
      return fetchRows<Row>(client, `reading_${String(cursors)}`, query);
    },
  };
}

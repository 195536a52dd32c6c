import type pg from 'pg';
import { fetchRows, type Query } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';

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

/** A connection set aside to read from; each reading sees the database as it is when it begins. */
export interface Reader {
  /** Runs the work on the database as it is now: nothing that is committed meanwhile is seen. One reading at a time. */
  readonly reading: <T>(work: (snapshot: Snapshot) => Promise<T>) => Promise<T>;
}

/** The same for one reading. Holds one connection of the pool in a read-only transaction until the work ends. */
export function withSnapshot<T>(database: Database, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return withReader(database, ({ reading }) => reading(work));
}

/**
 * Sets one connection of the pool aside until the work ends: for work that reads under a lock, while those who wait for the
 * lock may have every other connection.
 */
export async function withReader<T>(database: Database, work: (reader: Reader) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | boolean | undefined;
  try {
    return await work({
      reading: async (read) => {
        try {
          await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
          await client.query(SETTINGS);
          return await read(snapshotOn(client));
        } finally {
          broken = await client.query('ROLLBACK').then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error : true),
          );
        }
      },
    });
  } finally {
    // A connection that cannot even roll back is thrown away instead of going back into the pool.
    client.release(broken);
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

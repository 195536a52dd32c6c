import type { Database } from './database.ts';

/** Rows in memory at a time. */
const PAGE_ROWS = 500;

/** One SELECT; `values` fill its $1, $2 … */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * The rows of a SELECT of any size in flat memory, all as they were when the reading began: a server-side cursor in a
 * read-only transaction. Holds one connection until the loop over it ends.
 */
export async function* readRows<Row extends object>(database: Database, query: Query): AsyncGenerator<Row> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`DECLARE reading NO SCROLL CURSOR FOR ${query.text}`, [...query.values]);
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${String(PAGE_ROWS)} FROM reading`);
      yield* rows;
      if (rows.length < PAGE_ROWS) return;
    }
  } finally {
    const ended = await client.query('ROLLBACK').then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : true),
    );
    // A connection that cannot even roll back is thrown away instead of going back into the pool.
    client.release(ended);
  }
}

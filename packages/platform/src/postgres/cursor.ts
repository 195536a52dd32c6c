import type pg from 'pg';
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
    yield* fetchRows<Row>(client, 'reading', query);
  } finally {
    const ended = await client.query('ROLLBACK').then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : true),
    );
    // A connection that cannot even roll back is thrown away instead of going back into the pool.
    client.release(ended);
  }
}

/** The rows of a SELECT page by page, within the transaction the client is in. `name` is free there. */
export async function* fetchRows<Row extends object>(
  client: pg.ClientBase,
  name: string,
  query: Query,
): AsyncGenerator<Row> {
  await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${query.text}`, [...query.values]);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${String(PAGE_ROWS)} FROM ${name}`);
    yield* rows;
    if (rows.length < PAGE_ROWS) break;
  }
  await client.query(`CLOSE ${name}`);
}

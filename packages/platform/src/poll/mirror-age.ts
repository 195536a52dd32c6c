import type { Database } from '../postgres/database.ts';

/** Businesses whose GoCardless customers were last read in full before this moment; the oldest first. */
export async function businessesToMirror(database: Database, before: Date): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    `SELECT connection.business_id FROM connections connection
     JOIN mirror_progress progress
       ON progress.business_id = connection.business_id AND progress.resource = 'customers'
     WHERE connection.provider = 'gocardless' AND connection.state = 'active'
       AND progress.full_at <= $1
     ORDER BY progress.full_at, connection.business_id`,
    [before],
  );
  return rows.map((row) => row.business_id);
}

import type { Database } from '../postgres/database.ts';

/** Businesses whose GoCardless customers or mandates were never read in full, by id. */
export async function businessesToBackfill(database: Database): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    `SELECT connection.business_id FROM connections connection
     WHERE connection.provider = 'gocardless' AND connection.state = 'active'
       AND (SELECT count(*) FROM mirror_progress progress
            WHERE progress.business_id = connection.business_id
              AND progress.resource IN ('customers', 'mandates')) < 2
     ORDER BY connection.business_id`,
  );
  return rows.map((row) => row.business_id);
}

/** How far the mirror of one business is. */
export interface MirrorState {
  readonly business: string;
  readonly customers: number;
  readonly mandates: number;
  /** False until all of them were read once. */
  readonly isComplete: boolean;
}

/** The mirror of every business with a GoCardless connection, by its slug. */
export async function mirrorStates(database: Database): Promise<readonly MirrorState[]> {
  const { rows } = await database.pool.query<MirrorState>(
    `SELECT business.slug AS business,
       (SELECT count(*)::int FROM mirrored_customers mirrored WHERE mirrored.business_id = business.id) AS customers,
       (SELECT count(*)::int FROM mirrored_mandates mirrored WHERE mirrored.business_id = business.id) AS mandates,
       (SELECT count(*) FROM mirror_progress progress WHERE progress.business_id = business.id
          AND progress.resource IN ('customers', 'mandates')) = 2 AS "isComplete"
     FROM businesses business
     JOIN connections connection ON connection.business_id = business.id AND connection.provider = 'gocardless'
     ORDER BY business.slug COLLATE "C"`,
  );
  return rows;
}

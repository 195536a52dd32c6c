import type { Database } from '../postgres/database.ts';
import { cameToNothing } from '../inbox/run-again.ts';

/** Where events of a poll are. */
export interface Ends {
  /** Those still to run, or under way. */
  readonly running: number;
  /** Those whose run came to its effect, or to a reason that proves that none was due. */
  readonly effective: number;
}

/** How the runs of these events ended, as far as they have. */
export async function endsOf(database: Database, eventIds: readonly string[]): Promise<Ends> {
  const { rows } = await database.pool.query<Ends>(
    `SELECT count(*) FILTER (WHERE event.state IN ('stored', 'queued'))::int AS running,
       count(*) FILTER (WHERE event.state IN ('done', 'skipped') AND NOT ${cameToNothing('FALSE')})::int AS effective
     FROM inbound_events event WHERE event.id = ANY($1::bigint[])`,
    [eventIds],
  );
  return rows[0] ?? { running: 0, effective: 0 };
}

import { type Clock, PARK_LIMIT_MS, PARK_RECHECK_MS, WAITING_FOR_CONNECTION } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { WAKE_CHANNEL } from '../inbox/events.ts';

/** A run that failed and is tried again. */
export interface Retry {
  readonly eventId: string;
  readonly run: number;
  readonly delayMs: number;
  /** Whether it used up an attempt; attempts live here, so that an emptied queue resets nothing. */
  readonly counted: boolean;
  /** When the provider does not show (yet) what the event tells of: now; the first such moment stays. */
  readonly unseenAt: Date | null;
  /** It waits for what its provider allows. */
  readonly rateLimited: boolean;
}

/**
 * Notes that a run is tried again. Until then its event is in nobody's hand, and others of its connection may be; but what a
 * provider allows is the whole connection's, so that the others would only be taken to wait for it too.
 */
export async function noteRetry(database: Database, retry: Retry): Promise<void> {
  const { eventId, run, delayMs, counted, unseenAt, rateLimited } = retry;
  await database.pool.query(
    `UPDATE inbound_events SET attempts = attempts + $3, unseen_since = COALESCE(unseen_since, $4),
       retry_at = clock_timestamp() + $5 * interval '1 ms', rate_limited = $6
     WHERE id = $1 AND run = $2`,
    [eventId, run, counted ? 1 : 0, unseenAt, delayMs, rateLimited],
  );
}

/** The first look again at what waits for a connection comes after this long, the next after as long as it has waited. */
const CONNECTION_RECHECK_MS_MIN = 20_000;

/**
 * Parked events whose time has come go back to `stored` as a new run. Of those that wait for one connection a single one goes
 * ahead, another one each time: it keeps what it waits for, and when its run gets through, the others are woken by it
 * (`endRun`). Only those whose wait is over for good (PARK_LIMIT_MS) all go. Returns how many went.
 */
export async function wakeDue(database: Database, clock: Clock, limit: number): Promise<number> {
  const { rows } = await database.pool.query<{ woken: boolean }>(
    `WITH due AS (
       SELECT id, business_id, run, waiting_for,
         starts_with(waiting_for, '${WAITING_FOR_CONNECTION}') AND parked_since > $1::timestamptz - $3 * interval '1 ms' AS together
       FROM inbound_events WHERE state = 'parked' AND recheck_at <= $1
       ORDER BY recheck_at LIMIT $2 FOR UPDATE SKIP LOCKED
     ), ranked AS (
       SELECT id, together,
         together AND row_number() OVER (PARTITION BY business_id, waiting_for, together ORDER BY run, id) > 1 AS stays
       FROM due
     )
     UPDATE inbound_events event SET
       state = CASE WHEN stays THEN 'parked' ELSE 'stored' END,
       run = event.run + CASE WHEN stays THEN 0 ELSE 1 END,
       waiting_for = CASE WHEN together THEN event.waiting_for END,
       recheck_at = CASE WHEN stays THEN $1::timestamptz + LEAST($4 * interval '1 ms',
         GREATEST($5 * interval '1 ms', $1::timestamptz - event.parked_since)) END
     FROM ranked WHERE event.id = ranked.id
     RETURNING NOT stays AS woken`,
    [clock.now(), limit, PARK_LIMIT_MS, PARK_RECHECK_MS, CONNECTION_RECHECK_MS_MIN],
  );
  return rows.filter(({ woken }) => woken).length;
}

/** Folds what changed in the numbers of events into one row per business; any number of processes may do so at once. */
export async function foldTallies(database: Database): Promise<void> {
  await database.pool.query(
    `WITH folded AS (DELETE FROM event_tallies RETURNING business_id, received, stored)
     INSERT INTO event_tallies (business_id, received, stored)
     SELECT business_id, sum(received), sum(stored) FROM folded GROUP BY business_id`,
  );
}

/** How many events Postgres believes to be in the queue of each flow. */
export async function countQueued(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.pool.query<{ flow: string | null; count: number }>(
    `SELECT flow, count(*)::int AS count FROM inbound_events WHERE state = 'queued' GROUP BY flow`,
  );
  return new Map(rows.map((row) => [row.flow ?? '', row.count]));
}

/**
 * Businesses with postings whose second look is due (design section 8, step 4). One that only observes waits: what the look
 * finds may have to be taken back.
 */
export async function businessesToRecheck(database: Database, now: Date): Promise<string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    `SELECT DISTINCT business_id FROM postings WHERE recheck_at <= $1
       AND business_id NOT IN (SELECT id FROM businesses WHERE policy->>'mode' = 'observe')
     ORDER BY business_id`,
    [now],
  );
  return rows.map((row) => row.business_id);
}

/** Tells every dispatcher that something is stored. */
export async function wakeDispatchers(database: Database): Promise<void> {
  await database.pool.query(`SELECT pg_notify('${WAKE_CHANNEL}', '')`);
}

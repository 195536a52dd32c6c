import type { Clock, FlowName, InboundEvent } from '@mlc/core';
import type { QueuedEvent } from './job.ts';
import type { Database } from '../postgres/database.ts';
import { inboundEventOf, WAKE_CHANNEL } from '../inbox/events.ts';

interface QueuedRow {
  readonly id: string;
  readonly correlation_id: string;
  readonly run: number;
}

function queuedEventOf(row: QueuedRow): QueuedEvent {
  return { eventId: row.id, correlationId: row.correlation_id, run: row.run };
}

/** How much of what is stored may be on its way at once. */
export interface InHand {
  /** Events of one connection in one flow that a worker has, or is about to have. */
  readonly perConnection: number;
  /** The same with those whose run failed and is tried again later. */
  readonly perConnectionWithRetries: number;
  /** Events taken at once. */
  readonly batch: number;
}

/** What was taken of one flow. */
export interface Taken {
  readonly flow: FlowName;
  readonly events: readonly QueuedEvent[];
}

interface TakenRow extends QueuedRow {
  readonly flow: FlowName;
}

/**
 * Takes stored events of each flow and marks them queued, in one statement: in turn over the connections, the oldest of
 * each, one per object, no more than each may have in hand. Any number of dispatchers may do so at once: each row goes to
 * one of them. `more`: something was stored when this began.
 */
export async function takeStored(
  database: Database,
  flows: readonly FlowName[],
  { perConnection, perConnectionWithRetries, batch }: InHand,
): Promise<{ readonly taken: readonly Taken[]; readonly more: boolean }> {
  const { rows } = await database.pool.query<Omit<TakenRow, 'id'> & { id: string | null }>({
    name: 'mlc_take_stored',
    text: `
      SELECT flow, event_id::text AS id, event_correlation_id AS correlation_id, event_run AS run
      FROM unnest($1::text[]) AS flow
      LEFT JOIN LATERAL mlc_take_stored(flow, $2, $3, $4) ON TRUE
      WHERE event_id IS NOT NULL
        OR EXISTS (SELECT FROM inbound_events event WHERE event.state = 'stored' AND event.flow = flow.flow)`,
    values: [flows, perConnection, perConnectionWithRetries, batch],
  });
  const events = rows.filter((row): row is TakenRow => row.id !== null);
  return { taken: flows.map((flow) => takenOf(flow, events)), more: rows.length > 0 };
}

function takenOf(flow: FlowName, rows: readonly TakenRow[]): Taken {
  return { flow, events: oldestFirst(rows.filter((row) => row.flow === flow)) };
}

function oldestFirst(rows: readonly QueuedRow[]): QueuedEvent[] {
  return rows
    .map(queuedEventOf)
    .sort((left, right) => (BigInt(left.eventId) < BigInt(right.eventId) ? -1 : 1));
}

/** Takes stored events of no flow and marks them queued. */
export async function takeFlowless(database: Database, limit: number): Promise<QueuedEvent[]> {
  const { rows } = await database.pool.query<QueuedRow>({
    name: 'mlc_take_flowless',
    text: `
      WITH oldest AS (
        SELECT id FROM inbound_events WHERE state = 'stored' AND flow IS NULL
        ORDER BY connection_id, id LIMIT $1 FOR UPDATE SKIP LOCKED)
      UPDATE inbound_events event SET state = 'queued', queued_at = clock_timestamp()
      FROM oldest WHERE event.id = oldest.id
      RETURNING event.id::text, event.correlation_id, event.run`,
    values: [limit],
  });
  return oldestFirst(rows);
}

/** Puts taken events back when the queue would not have them. */
export async function returnToStored(database: Database, events: readonly QueuedEvent[]): Promise<void> {
  await database.pool.query(
    `UPDATE inbound_events event SET state = 'stored', queued_at = NULL
     FROM unnest($1::bigint[], $2::int[]) AS taken(id, run)
     WHERE event.id = taken.id AND event.run = taken.run AND event.state = 'queued'`,
    [events.map((event) => event.eventId), events.map((event) => event.run)],
  );
}

/** An event as its run begins. */
export interface LoadedRun {
  readonly event: InboundEvent;
  readonly run: number;
  readonly parkedSince: Date | null;
  /** Since when the provider has not shown what the event tells of; null when it was not asked yet, or shows it. */
  readonly unseenSince: Date | null;
}

interface RunRow {
  readonly business_id: string;
  readonly connection_id: string;
  readonly provider: string;
  readonly type: string;
  readonly external_event_id: string;
  readonly resource_id: string;
  readonly payload: string;
  readonly received_at: Date;
  readonly correlation_id: string;
  readonly flow: FlowName | null;
  readonly attempts: number;
  readonly parked_since: Date | null;
  readonly unseen_since: Date | null;
}

/**
 * The event of a job; null when this run is over: ended, covered by another event, or put back as a later run. Every
 * job begins with it, hence a prepared statement and not Prisma.
 */
export async function loadRun(database: Database, job: QueuedEvent): Promise<LoadedRun | null> {
  const { rows } = await database.pool.query<RunRow>({
    name: 'mlc_load_run',
    text: `
      SELECT business_id, connection_id, provider, type, external_event_id, resource_id, payload, received_at,
        correlation_id, flow, attempts, parked_since, unseen_since
      FROM inbound_events WHERE id = $1 AND run = $2 AND state = 'queued'`,
    values: [job.eventId, job.run],
  });
  const [row] = rows;
  if (row === undefined) return null;
  const event: InboundEvent = {
    id: job.eventId,
    businessId: row.business_id,
    connectionId: row.connection_id,
    provider: row.provider,
    type: row.type,
    externalEventId: row.external_event_id,
    resourceId: row.resource_id,
    payload: row.payload,
    receivedAt: row.received_at,
    correlationId: row.correlation_id,
    state: 'queued',
    flow: row.flow,
    attempts: row.attempts,
  };
  return { event, run: job.run, parkedSince: row.parked_since, unseenSince: row.unseen_since };
}

/** Full rows of taken events, oldest first. */
export async function loadEvents(database: Database, events: readonly QueuedEvent[]): Promise<LoadedRun[]> {
  const ids = events.map((event) => BigInt(event.eventId));
  const rows = await database.prisma.inboundEvent.findMany({
    where: { id: { in: ids } },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => ({
    event: inboundEventOf(row),
    run: row.run,
    parkedSince: row.parkedSince,
    unseenSince: row.unseenSince,
  }));
}

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

/** Parked events whose time has come go back to `stored` as a new run. Returns how many. */
export async function wakeDue(database: Database, clock: Clock, limit: number): Promise<number> {
  const { rowCount } = await database.pool.query(
    `UPDATE inbound_events SET state = 'stored', run = run + 1, waiting_for = NULL, recheck_at = NULL
     WHERE id IN (SELECT id FROM inbound_events WHERE state = 'parked' AND recheck_at <= $1
                  ORDER BY recheck_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [clock.now(), limit],
  );
  return rowCount ?? 0;
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
 * Events queued longer than `olderThanMs` ago, oldest first, marked as queued again now. For jobs that are still there
 * adding them once more changes nothing.
 */
export async function retakeQueued(
  database: Database,
  flow: FlowName,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<QueuedEvent[]> {
  const { rows } = await database.pool.query<QueuedRow>(
    `UPDATE inbound_events event SET queued_at = clock_timestamp()
     FROM (SELECT id FROM inbound_events
           WHERE state = 'queued' AND flow = $1 AND queued_at < clock_timestamp() - $2 * interval '1 ms'
           ORDER BY queued_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS old
     WHERE event.id = old.id
     RETURNING event.id::text, event.correlation_id, event.run`,
    [flow, olderThanMs, limit],
  );
  return rows.map(queuedEventOf);
}

/** Events of no flow whose dispatcher died over them. Returns how many went back. */
export async function returnFlowless(database: Database, olderThanMs: number): Promise<number> {
  const { rowCount } = await database.pool.query(
    `UPDATE inbound_events SET state = 'stored', queued_at = NULL
     WHERE state = 'queued' AND flow IS NULL AND queued_at < clock_timestamp() - $1 * interval '1 ms'`,
    [olderThanMs],
  );
  return rowCount ?? 0;
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

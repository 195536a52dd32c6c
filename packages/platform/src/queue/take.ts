import type { FlowName } from '@mlc/core';
import type { QueuedEvent } from './job.ts';
import type { Database } from '../postgres/database.ts';

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

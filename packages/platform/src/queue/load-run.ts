import type { FlowName, InboundEvent } from '@mlc/core';
import type { QueuedEvent } from './job.ts';
import type { Database } from '../postgres/database.ts';
import { inboundEventOf } from '../inbox/events.ts';

/** An event as its run begins. */
export interface LoadedRun {
  readonly event: InboundEvent;
  readonly run: number;
  readonly parkedSince: Date | null;
  /** Since when the provider has not shown what the event tells of; null when it was not asked yet, or shows it. */
  readonly unseenSince: Date | null;
  /** The connection's wait that it goes ahead to try; null when it tries nothing for others. */
  readonly goesAheadFor: string | null;
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
  readonly waiting_for: string | null;
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
        correlation_id, flow, attempts, parked_since, unseen_since, waiting_for
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
  return {
    event,
    run: job.run,
    parkedSince: row.parked_since,
    unseenSince: row.unseen_since,
    goesAheadFor: row.waiting_for,
  };
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
    goesAheadFor: null,
  }));
}

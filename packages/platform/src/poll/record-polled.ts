import { randomUUID } from 'node:crypto';
import type { AuditEntry, Clock, FlowName } from '@mlc/core';
import { appendAll } from '../audit/append.ts';
import { subjectOf } from '../inbox/subjects.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { WAKE_CHANNEL } from '../inbox/events.ts';
import { Prisma } from '../postgres/generated/client.ts';
import type { InboxEvent } from '../inbox/inbox-line.ts';
import { BEGINS_AGAIN, RUNS_AGAIN_WHEN_LISTED } from '../inbox/run-again.ts';
import { asUnreadable, isStorable } from '../inbox/storable.ts';
import type { PollTarget } from './runs.ts';
import { keepLosses, type UnaskedLoss } from './unasked-losses.ts';

/** The correlation ids of events that polling brought begin with this: no webhook did. */
export const POLLED_CORRELATION = 'poll-';

/** Something to be put into the inbox. */
export interface PolledEntry {
  readonly event: InboxEvent;
  /** When it happened, by the provider's clock. */
  readonly at: Date;
  /** The list it was found in. */
  readonly source: string;
  /**
   * `lost`: nothing had told us of it. `unsure`: perhaps something had; to be looked at, but not counted. `only-polled`:
   * nothing but this list ever tells of it. `unended`: it was told, and came to nothing.
   */
  readonly why: 'lost' | 'unsure' | 'only-polled' | 'unended';
  /** When it is `lost`: whether a webhook should have told of it is still to be asked. */
  readonly inQuestion?: boolean;
}

/** An entry whose event is to run now. */
export interface RecordedEntry extends PolledEntry {
  readonly eventId: string;
}

/** What became of the entries; the others were there already, and came or will come to something. */
export interface Recorded {
  /** Stored, or run again because their event had come to nothing. */
  readonly running: readonly RecordedEntry[];
  /** Those whose event died of a refusal and waits for a person as a dead letter. */
  readonly dead: number;
}

const IN_AUDIT: Readonly<Record<PolledEntry['why'], { readonly action: string; readonly reason: string }>> = {
  lost: { action: 'event.recovered', reason: 'polling found it; no webhook had told of it' },
  unsure: {
    action: 'event.looked_again',
    reason: 'polling found a change at about the time of the newest event: looked at again',
  },
  'only-polled': { action: 'event.found', reason: 'polling found it; no webhook ever tells of it' },
  unended: {
    action: 'event.run_again',
    reason: "the provider's own list has it, and its run had come to nothing",
  },
};

interface StoredRow {
  readonly id: bigint;
  readonly external_event_id: string;
  readonly correlation_id: string;
}

/**
 * Puts what polling found into the inbox, as a delivery would be, with an audit entry each, and wakes the dispatchers:
 * all of it in one transaction. What is there and had come to nothing runs again.
 */
export async function recordPolled(
  database: Database,
  clock: Clock,
  target: PollTarget & { readonly unreadableFlow: FlowName },
  entries: readonly PolledEntry[],
): Promise<Recorded> {
  if (entries.length === 0) return { running: [], dead: 0 };
  const byId = new Map<string, PolledEntry>();
  for (const entry of entries) {
    const storable = storableEntry(entry, target.unreadableFlow);
    byId.set(storable.event.externalEventId, storable);
  }
  return database.transaction(async (executor) => {
    const stored = await insertEvents(executor, target, [...byId.values()]);
    const isNew = new Set(stored.map((row) => row.external_event_id));
    const known = [...byId.keys()].filter((id) => !isNew.has(id));
    const again = await runAgain(executor, clock, target, known);
    const running = [...stored, ...again].flatMap((row) => {
      const entry = byId.get(row.external_event_id);
      if (entry === undefined) return [];
      const why = isNew.has(row.external_event_id) || entry.why === 'unsure' ? entry.why : 'unended';
      return [{ row, entry: { ...entry, why, eventId: String(row.id) } }];
    });
    if (running.length > 0) {
      await executor.$executeRaw`SELECT pg_notify(${WAKE_CHANNEL}, '')`;
      const audit = running.map(({ row, entry }) => auditEntryOf(target, row, entry));
      await appendAll(executor, target.businessId, clock, audit);
    }
    await keepLosses(executor, target.connectionId, running.flatMap(lossOf));
    const left = await executor.inboundEvent.count({
      where: { connectionId: target.connectionId, externalEventId: { in: known }, state: 'dead' },
    });
    return { running: running.map(({ entry }) => entry), dead: left };
  });
}

function lossOf({
  entry: { eventId, source, at, why, inQuestion },
}: {
  entry: RecordedEntry;
}): UnaskedLoss[] {
  return why === 'lost' && inQuestion === true ? [{ eventId, source, lostAt: at }] : [];
}

/** Those of these events that had come to nothing; what they died of is no dead letter any more. */
async function runAgain(
  executor: Executor,
  clock: Clock,
  { connectionId, businessId }: PollTarget,
  externalEventIds: readonly string[],
): Promise<readonly StoredRow[]> {
  if (externalEventIds.length === 0) return [];
  const rows = await executor.$queryRaw<StoredRow[]>`
    UPDATE inbound_events event SET ${Prisma.raw(BEGINS_AGAIN)}
    WHERE event.id IN (
      SELECT event.id FROM inbound_events event
      WHERE event.connection_id = ${connectionId} AND event.external_event_id = ANY(${[...externalEventIds]})
        AND ${RUNS_AGAIN_WHEN_LISTED}
      ORDER BY event.id FOR UPDATE SKIP LOCKED)
    RETURNING event.id, event.external_event_id, event.correlation_id`;
  const eventIds = rows.map(({ id }) => String(id));
  await executor.deadLetter.updateMany({
    where: { businessId, eventId: { in: eventIds }, replayedAt: null },
    data: { replayedAt: clock.now() },
  });
  return rows;
}

function storableEntry(entry: PolledEntry, unreadableFlow: FlowName): PolledEntry {
  if (isStorable(entry.event)) return entry;
  return { ...entry, event: { ...asUnreadable(entry.event), flow: unreadableFlow } };
}

async function insertEvents(
  executor: Executor,
  target: PollTarget,
  entries: readonly PolledEntry[],
): Promise<readonly StoredRow[]> {
  const rows = entries.map(({ event }) => ({
    ...event,
    correlationId: `${POLLED_CORRELATION}${randomUUID()}`,
  }));
  return executor.$queryRaw<StoredRow[]>`
    INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
      correlation_id, flow)
    SELECT ${target.businessId}, ${target.connectionId}, ${target.provider}, type, "externalEventId", "resourceId",
      payload, "correlationId", flow
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS event(type text, "externalEventId" text,
      "resourceId" text, payload text, "correlationId" text, flow text)
    ON CONFLICT (connection_id, external_event_id) DO NOTHING
    RETURNING id, external_event_id, correlation_id`;
}

function auditEntryOf(
  target: PollTarget,
  row: StoredRow,
  { event, at, source, why }: PolledEntry,
): AuditEntry {
  return {
    actor: 'system',
    action: IN_AUDIT[why].action,
    subject: subjectOf({ ...event, provider: target.provider }),
    correlationId: row.correlation_id,
    details: {
      reason: IN_AUDIT[why].reason,
      eventId: String(row.id),
      eventType: event.type,
      externalEventId: event.externalEventId,
      connectionId: target.connectionId,
      source,
      happenedAt: at.toISOString(),
    },
  };
}

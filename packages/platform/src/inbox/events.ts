import {
  type Clock,
  type EndingCode,
  type EventState,
  type EventStore,
  type FlowName,
  type InboundEvent,
  WAITING_FOR_PROVIDER,
  type WaitingRun,
} from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { type InboundEvent as EventRow, Prisma } from '../postgres/generated/client.ts';

/** What wakes the dispatchers of all worker processes; the ingress sends it too. */
export const WAKE_CHANNEL = 'mlc_wake';

/** The run is not the event's current one any more: another worker ended it, or it was put back. Nothing was written. */
export class StaleRunError extends Error {
  override readonly name = 'StaleRunError';

  constructor(eventId: string) {
    super(`the run of event ${eventId} is over already`);
  }
}

/** States in which a run of the event is still to come. */
const WAITING: EventState[] = ['stored', 'queued'];
/** States a person or another event can bring an event back from. */
const AT_REST: EventState[] = ['done', 'skipped', 'parked', 'dead'];
const COALESCED = 'covered by event ';
const COVERED: EndingCode = 'covered-by-another';
const BIGINT_TEXT = /^\d{1,18}$/;

/**
 * The inbox of one business as flows see it. `wake` and `rerun` begin a new run (another job id), so that a job of an
 * earlier run that is still about finds itself stale; both wake the dispatchers when their transaction commits.
 */
export function eventStore(executor: Executor, businessId: string, clock: Clock): EventStore {
  return {
    get: async (eventId) => {
      if (!BIGINT_TEXT.test(eventId)) return null;
      const row = await executor.inboundEvent.findFirst({ where: { id: BigInt(eventId), businessId } });
      return row === null ? null : inboundEventOf(row);
    },
    finish: (eventId, outcome) => finish(executor, { businessId, eventId, now: clock.now() }, outcome),
    awaited: async (beginning) => {
      const rows = await executor.$queryRaw<{ waiting_for: string }[]>`
        SELECT DISTINCT waiting_for COLLATE "C" AS waiting_for FROM inbound_events
        WHERE business_id = ${businessId} AND state = 'parked' AND starts_with(waiting_for, ${beginning})
        ORDER BY 1`;
      return rows.map((row) => row.waiting_for);
    },
    wake: (waitingFor) => wakeWaiting(executor, businessId, waitingFor),
    rerun: (eventIds) => {
      const ids = eventIds.filter((id) => BIGINT_TEXT.test(id)).map(BigInt);
      return rerun(executor, businessId, ids);
    },
    rerunInvoices: async (invoiceIds) => {
      const rows = await executor.$queryRaw<{ id: bigint }[]>`
        SELECT max(id) AS id FROM inbound_events
        WHERE business_id = ${businessId} AND provider = 'freshbooks' AND type LIKE 'invoice.%'
          AND resource_id = ANY(${invoiceIds})
        GROUP BY resource_id`;
      return rerun(
        executor,
        businessId,
        rows.map(({ id }) => id),
      );
    },
    waitingOn: (event) => waitingOn(executor, event),
    cover: (event, runs) => cover(executor, { event, runs, now: clock.now() }),
  };
}

async function wakeWaiting(executor: Executor, businessId: string, waitingFor: string): Promise<number> {
  const rows = await executor.$queryRaw<{ id: bigint }[]>`
    UPDATE inbound_events SET state = 'stored', run = run + 1, waiting_for = NULL, recheck_at = NULL
    WHERE business_id = ${businessId} AND state = 'parked' AND waiting_for = ${waitingFor} RETURNING id`;
  return wakeDispatchers(executor, rows.length);
}

/** What a new run starts with. */
const FRESH = {
  attempts: 0,
  queuedAt: null,
  finishedAt: null,
  reason: null,
  waitingFor: null,
  parkedSince: null,
  recheckAt: null,
  ending: null,
  unseenSince: null,
};

async function rerun(executor: Executor, businessId: string, ids: readonly bigint[]): Promise<number> {
  const { count } = await executor.inboundEvent.updateMany({
    where: { id: { in: [...ids] }, businessId, state: { in: AT_REST } },
    data: { ...FRESH, state: 'stored', run: { increment: 1 } },
  });
  return wakeDispatchers(executor, count);
}

async function wakeDispatchers(executor: Executor, count: number): Promise<number> {
  if (count > 0) await executor.$executeRaw`SELECT pg_notify(${WAKE_CHANNEL}, '')`;
  return count;
}

interface Ending {
  readonly businessId: string;
  readonly eventId: string;
  readonly now: Date;
}

/**
 * Ends a run, or throws StaleRunError, which takes everything else in the transaction back. A run whose event another
 * one covered meanwhile may still end: its effects happened.
 */
async function finish(
  executor: Executor,
  { businessId, eventId, now }: Ending,
  outcome: Parameters<EventStore['finish']>[1],
): Promise<void> {
  const run = outcome.run === undefined ? Prisma.empty : Prisma.sql`AND run = ${outcome.run}`;
  const covered =
    outcome.state === 'parked'
      ? Prisma.sql`FALSE`
      : Prisma.sql`state = 'skipped' AND reason LIKE ${`${COALESCED}%`}`;
  const changed =
    outcome.state === 'parked'
      ? Prisma.sql`waiting_for = ${outcome.waitingFor}, recheck_at = ${outcome.recheckAt},
          parked_since = COALESCE(parked_since, ${now}), finished_at = NULL, ending = NULL,
          unseen_since = ${outcome.waitingFor === WAITING_FOR_PROVIDER ? Prisma.sql`COALESCE(unseen_since, ${now})` : Prisma.sql`NULL`}`
      : Prisma.sql`waiting_for = NULL, recheck_at = NULL, parked_since = NULL, finished_at = ${now},
          ending = ${outcome.because ?? null}, unseen_since = NULL`;
  const count = await executor.$executeRaw(Prisma.sql`
    UPDATE inbound_events SET state = ${outcome.state}, reason = ${outcome.reason}, ${changed}
    WHERE id = ${BigInt(eventId)} AND business_id = ${businessId} ${run} AND (state = 'queued' OR (${covered}))`);
  if (count === 0) throw new StaleRunError(eventId);
}

/**
 * Ids of different kinds of objects may be equal (FreshBooks counts clients and invoices each from 1), so the kind, the
 * first word of the type, has to fit too.
 */
async function waitingOn(executor: Executor, event: InboundEvent): Promise<WaitingRun[]> {
  if (event.resourceId === '') return [];
  const rows = await executor.$queryRaw<{ id: bigint; run: number; type: string }[]>`
    SELECT id, run, type FROM inbound_events
    WHERE connection_id = ${event.connectionId} AND resource_id = ${event.resourceId}
      AND state = ANY(${WAITING}) AND id <> ${BigInt(event.id)} AND flow IS NOT DISTINCT FROM ${event.flow}
      AND split_part(type, '.', 1) = split_part(${event.type}, '.', 1)
    ORDER BY id`;
  return rows.map(({ id, run, type }) => ({ eventId: String(id), type, run }));
}

interface Covering {
  readonly event: InboundEvent;
  readonly runs: readonly WaitingRun[];
  readonly now: Date;
}

/** Rows another transaction is changing are left to it: with the own row locked first, two never wait for each other. */
async function cover(executor: Executor, { event, runs, now }: Covering): Promise<string[]> {
  if (runs.length === 0) return [];
  await executor.$queryRaw`SELECT 1 FROM inbound_events WHERE id = ${BigInt(event.id)} FOR UPDATE`;
  const rows = await executor.$queryRaw<{ id: bigint }[]>`
    UPDATE inbound_events
    SET state = 'skipped', reason = ${COALESCED + event.id}, ending = ${COVERED}, finished_at = ${now},
      parked_since = NULL, unseen_since = NULL
    WHERE id IN (
      SELECT id FROM inbound_events
      WHERE (id, run) IN (SELECT * FROM unnest(${runs.map(({ eventId }) => BigInt(eventId))}::bigint[],
          ${runs.map(({ run }) => run)}::int[]))
        AND business_id = ${event.businessId} AND state = ANY(${WAITING}) AND id <> ${BigInt(event.id)}
      ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  return rows.map((row) => String(row.id));
}

/** A row as the product speaks of it. */
export function inboundEventOf(row: EventRow): InboundEvent {
  return {
    id: String(row.id),
    businessId: row.businessId,
    connectionId: row.connectionId,
    provider: row.provider,
    type: row.type,
    externalEventId: row.externalEventId,
    resourceId: row.resourceId,
    payload: row.payload,
    receivedAt: row.receivedAt,
    correlationId: row.correlationId,
    state: row.state as EventState,
    flow: row.flow as FlowName | null,
    attempts: row.attempts,
  };
}

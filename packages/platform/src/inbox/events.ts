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
import { requiring } from '../postgres/refusals.ts';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { selected } from '../postgres/statements.ts';

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
const WAITING = `state IN ('stored', 'queued')`;
const COALESCED = 'covered by event ';
const COVERED: EndingCode = 'covered-by-another';
const BIGINT_TEXT = /^\d{1,18}$/;

/**
 * The inbox of one business as flows see it. `wake` and `rerun` begin a new run (another job id), so that a job of an
 * earlier run that is still about finds itself stale; both wake the dispatchers when their transaction commits.
 */
export function eventStore(sql: Sql, businessId: string, clock: Clock): EventStore {
  return {
    get: async (eventId) => {
      if (!BIGINT_TEXT.test(eventId)) return null;
      const [row] = await sql.rows<EventColumns>(EVENT, [businessId, eventId]);
      return row === undefined ? null : inboundEventOf(row);
    },
    finish: (eventId, outcome) => finish(sql, { businessId, eventId, now: clock.now() }, outcome),
    awaited: async (beginning) => {
      const rows = await sql.rows<{ waiting_for: string }>(AWAITED, [businessId, beginning]);
      return rows.map((row) => row.waiting_for);
    },
    wake: (waitingFor) => wakeWaiting(sql, businessId, waitingFor),
    rerun: (eventIds) => {
      const ids = eventIds.filter((id) => BIGINT_TEXT.test(id));
      return rerun(sql, businessId, ids);
    },
    rerunInvoices: async (invoiceIds) => {
      if (invoiceIds.length === 0) return 0;
      const rows = await sql.rows<{ id: BigintColumn }>(NEWEST_OF_INVOICES, [businessId, invoiceIds]);
      return rerun(
        sql,
        businessId,
        rows.map(({ id }) => String(id)),
      );
    },
    waitingOn: (event) => waitingOn(sql, event),
    cover: (event, runs) => cover(sql, { event, runs, now: clock.now() }),
  };
}

const COLUMNS = [
  ...['id', 'businessId', 'connectionId', 'provider', 'type', 'externalEventId', 'resourceId', 'payload'],
  ...['receivedAt', 'correlationId', 'state', 'flow', 'attempts'],
];
const EVENT = `SELECT ${selected(COLUMNS)} FROM inbound_events WHERE business_id = $1 AND id = $2::bigint`;
const AWAITED = `SELECT DISTINCT waiting_for COLLATE "C" AS waiting_for FROM inbound_events
  WHERE business_id = $1 AND state = 'parked' AND starts_with(waiting_for, $2) ORDER BY 1`;
const NEWEST_OF_INVOICES = `SELECT max(id) AS id FROM inbound_events
  WHERE business_id = $1 AND provider = 'freshbooks' AND type LIKE 'invoice.%' AND resource_id = ANY($2::text[])
  GROUP BY resource_id`;
const WAKE = `UPDATE inbound_events SET state = 'stored', run = run + 1, waiting_for = NULL, recheck_at = NULL
  WHERE business_id = $1 AND state = 'parked' AND waiting_for = $2`;
const RERUN = `UPDATE inbound_events SET state = 'stored', run = run + 1, attempts = 0, queued_at = NULL, finished_at = NULL,
    reason = NULL, waiting_for = NULL, parked_since = NULL, recheck_at = NULL, ending = NULL, unseen_since = NULL
  WHERE id = ANY($2::bigint[]) AND business_id = $1 AND state IN ('done', 'skipped', 'parked', 'dead')`;
const NOTIFY = `SELECT pg_notify('${WAKE_CHANNEL}', '')::text AS told`;

async function wakeWaiting(sql: Sql, businessId: string, waitingFor: string): Promise<number> {
  return wakeDispatchers(sql, await sql.count(WAKE, [businessId, waitingFor]));
}

/** From the states a person or another event can bring an event back from. */
async function rerun(sql: Sql, businessId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return wakeDispatchers(sql, await sql.count(RERUN, [businessId, ids]));
}

async function wakeDispatchers(sql: Sql, count: number): Promise<number> {
  if (count > 0) await sql.tell(NOTIFY, []);
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
  sql: Sql,
  { businessId, eventId, now }: Ending,
  outcome: Parameters<EventStore['finish']>[1],
): Promise<void> {
  const { state, reason, run = null, because = null, waitingFor, recheckAt } = outcome;
  const whose = [eventId, businessId, run, reason, now];
  const stale = () => new StaleRunError(eventId);
  if (state === 'parked')
    await sql.tell(PARK, [...whose, waitingFor, recheckAt, waitingFor === WAITING_FOR_PROVIDER], stale);
  else await sql.tell(END, [...whose, state, because], stale);
}

const PARK =
  requiring(`UPDATE inbound_events SET state = 'parked', reason = $4, waiting_for = $6, recheck_at = $7,
    parked_since = COALESCE(parked_since, $5::timestamptz), finished_at = NULL, ending = NULL,
    unseen_since = CASE WHEN $8::boolean THEN COALESCE(unseen_since, $5::timestamptz) END
  WHERE id = $1::bigint AND business_id = $2 AND ($3::int IS NULL OR run = $3::int) AND state = 'queued'`);
const END =
  requiring(`UPDATE inbound_events SET state = $6, reason = $4, waiting_for = NULL, recheck_at = NULL,
    parked_since = NULL, finished_at = $5, ending = $7, unseen_since = NULL
  WHERE id = $1::bigint AND business_id = $2 AND ($3::int IS NULL OR run = $3::int)
    AND (state = 'queued' OR (state = 'skipped' AND reason LIKE '${COALESCED}%'))`);

/**
 * Ids of different kinds of objects may be equal (FreshBooks counts clients and invoices each from 1), so the kind, the
 * first word of the type, has to fit too.
 */
async function waitingOn(sql: Sql, event: InboundEvent): Promise<WaitingRun[]> {
  if (event.resourceId === '') return [];
  const { connectionId, resourceId, id: own, flow } = event;
  const values = [connectionId, resourceId, own, flow, event.type];
  const rows = await sql.rows<{ id: BigintColumn; run: number; type: string }>(WAITING_ON, values);
  return rows.map(({ id, run, type }) => ({ eventId: String(id), type, run }));
}

const WAITING_ON = `SELECT id, run, type FROM inbound_events
  WHERE connection_id = $1 AND resource_id = $2 AND ${WAITING} AND id <> $3::bigint AND flow IS NOT DISTINCT FROM $4::text
    AND split_part(type, '.', 1) = split_part($5, '.', 1)
  ORDER BY id`;

interface Covering {
  readonly event: InboundEvent;
  readonly runs: readonly WaitingRun[];
  readonly now: Date;
}

/** Rows another transaction is changing are left to it: with the own row locked first, two never wait for each other. */
async function cover(sql: Sql, { event, runs, now }: Covering): Promise<string[]> {
  if (runs.length === 0) return [];
  await sql.tell(LOCK_EVENT, [event.id]);
  const rows = await sql.rows<{ id: BigintColumn }>(COVER, [
    ...[COALESCED + event.id, COVERED, now, runs.map(({ eventId }) => eventId), runs.map(({ run }) => run)],
    ...[event.businessId, event.id],
  ]);
  return rows.map((row) => String(row.id));
}

const LOCK_EVENT = 'SELECT 1 AS locked FROM inbound_events WHERE id = $1::bigint FOR UPDATE';
const COVER = `UPDATE inbound_events
  SET state = 'skipped', reason = $1, ending = $2, finished_at = $3, parked_since = NULL, unseen_since = NULL
  WHERE id IN (
    SELECT id FROM inbound_events
    WHERE (id, run) IN (SELECT * FROM unnest($4::bigint[], $5::int[]))
      AND business_id = $6 AND ${WAITING} AND id <> $7::bigint
    ORDER BY id FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Columns of an event as they are read, by whomever. */
interface EventColumns extends Omit<InboundEvent, 'id' | 'state' | 'flow'> {
  readonly id: BigintColumn;
  readonly state: string;
  readonly flow: string | null;
}

/** A row as the product speaks of it. */
export function inboundEventOf(row: EventColumns): InboundEvent {
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

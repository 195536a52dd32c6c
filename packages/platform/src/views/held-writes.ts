import { WAITING_FOR_GO_LIVE } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** What an event that waits for go-live would write in the books. */
export interface HeldWriteView {
  readonly kind: string;
  readonly invoiceId: string | null;
  readonly invoiceNumber: string | null;
  readonly source: { readonly provider: string; readonly id: string } | null;
  readonly amountMinor: number | null;
  readonly currency: string | null;
  /** YYYY-MM-DD. */
  readonly date: string | null;
}

/** One of them, with what was decided when it was parked. */
export interface HeldWrite {
  readonly eventId: string;
  readonly view: HeldWriteView;
}

interface Row {
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

type Details = { readonly would?: string } & Partial<Omit<HeldWriteView, 'kind'>>;

/** The write that the details of a run's end name; null when they name none. */
export function heldWriteView(details: Readonly<Record<string, unknown>>): HeldWriteView | null {
  const { would: kind, invoiceId = null, invoiceNumber = null, source = null, ...more } = details as Details;
  const { date = null, amountMinor = null, currency = null } = more;
  return kind === undefined ? null : { kind, invoiceId, invoiceNumber, source, amountMinor, currency, date };
}

/**
 * One per thing that would be written, however many events say so (the newest of them), in the order of the events. It is read
 * from the audit log, where each of them said so when it was parked.
 */
export async function heldWrites(database: Database, businessId: string): Promise<readonly HeldWrite[]> {
  const { rows } = await database.pool.query<Row>(
    `WITH waiting AS (
       SELECT id FROM inbound_events WHERE business_id = $1 AND state = 'parked' AND waiting_for = $2),
     said AS (
       SELECT DISTINCT ON (details->>'eventId') details->>'eventId' AS event_id, details FROM audit_entries
       WHERE business_id = $1 AND action = 'event.parked' AND details->>'waitingFor' = $2
       ORDER BY details->>'eventId', seq DESC)
     SELECT waiting.id::text AS id, said.details FROM waiting JOIN said ON said.event_id = waiting.id::text ORDER BY waiting.id`,
    [businessId, WAITING_FOR_GO_LIVE],
  );
  const found = new Map<string, HeldWrite>();
  for (const { id, details } of rows) {
    const view = heldWriteView(details);
    if (view === null) continue;
    found.set(`${view.kind} ${view.source?.id ?? view.invoiceId ?? ''}`, { eventId: id, view });
  }
  return [...found.values()];
}

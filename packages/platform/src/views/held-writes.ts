import { WAITING_FOR_GO_LIVE } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** What an event that waits for go-live would write in the books, as it was decided when it was parked. */
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

interface Row {
  readonly details: { readonly would?: string } & Partial<Omit<HeldWriteView, 'kind'>>;
}

/**
 * One per thing that would be written, however many events say so, in the order of the events. It is read from the audit log,
 * where each of them said so when it was parked.
 */
export async function heldWrites(database: Database, businessId: string): Promise<readonly HeldWriteView[]> {
  const { rows } = await database.pool.query<Row>(
    `WITH waiting AS (
       SELECT id FROM inbound_events WHERE business_id = $1 AND state = 'parked' AND waiting_for = $2),
     said AS (
       SELECT DISTINCT ON (details->>'eventId') details->>'eventId' AS event_id, details FROM audit_entries
       WHERE business_id = $1 AND action = 'event.parked' AND details->>'waitingFor' = $2
       ORDER BY details->>'eventId', seq DESC)
     SELECT said.details FROM waiting JOIN said ON said.event_id = waiting.id::text ORDER BY waiting.id`,
    [businessId, WAITING_FOR_GO_LIVE],
  );
  const found = new Map<string, HeldWriteView>();
  for (const { details } of rows) {
    const { would: kind, invoiceId = null, invoiceNumber = null, source = null, date = null } = details;
    const { amountMinor = null, currency = null } = details;
    if (kind === undefined) continue;
    const key = `${kind} ${source?.id ?? invoiceId ?? ''}`;
    found.set(key, { kind, invoiceId, invoiceNumber, source, amountMinor, currency, date });
  }
  return [...found.values()];
}

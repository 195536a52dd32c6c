import type { Subject } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { sentenceOf, whyOf } from './audit-sentences.ts';

/** One thing that happened to an invoice. */
export interface TimelineEntry {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly kind: 'audit' | 'event' | 'payout';
  readonly sentence: string;
  /** `system`, a person, or the provider that told. */
  readonly actor: string;
  readonly why: readonly string[];
  readonly subject: Subject;
  readonly correlationId: string | null;
  /** What it can be looked up by: the audit entry's number, the event, the payout. */
  readonly seq: number | null;
  readonly eventId: string | null;
  readonly payoutId: string | null;
  /** Of an audit entry. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** More than that happens to no invoice that people read about; what is newest is shown. */
const ENTRIES_MAX = 500;

/** An invoice's whole story, newest first. */
export async function invoiceTimeline(
  { pool }: Pick<Database, 'pool'>,
  { businessId, invoiceId }: { readonly businessId: string; readonly invoiceId: string },
): Promise<readonly TimelineEntry[]> {
  const { rows } = await pool.query<Row>(TIMELINE, [businessId, invoiceId]);
  return rows.map(entryOf);
}

interface Row {
  readonly at: Date;
  readonly kind: TimelineEntry['kind'];
  readonly actor: string;
  readonly action: string;
  readonly subject: Subject;
  readonly correlationId: string | null;
  readonly seq: string | null;
  readonly eventId: string | null;
  readonly payoutId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

function entryOf(row: Row): TimelineEntry {
  const { action, seq, at, ...rest } = row;
  return {
    ...rest,
    at: at.toISOString(),
    seq: seq === null ? null : Number(seq),
    sentence: row.kind === 'audit' ? sentenceOf(row) : action,
    why: row.kind === 'payout' ? [] : whyOf(row),
  };
}

/** Ids of FreshBooks' objects are unique within their kind only; those of the others are unique. */
const TIMELINE = `
  WITH payments AS (
    SELECT payment_id AS id FROM collections WHERE business_id = $1 AND invoice_id = $2 AND payment_id IS NOT NULL
    UNION SELECT source_id FROM postings WHERE business_id = $1 AND invoice_id = $2 AND source_provider <> 'freshbooks'
  ), events AS (
    SELECT * FROM inbound_events WHERE business_id = $1 AND provider = 'freshbooks' AND resource_id = $2 AND type LIKE 'invoice.%'
    UNION ALL
    SELECT inbound_events.* FROM payments JOIN inbound_events
      ON business_id = $1 AND resource_id = payments.id AND provider <> 'freshbooks'
  ), entries AS (
    SELECT * FROM audit_entries WHERE business_id = $1 AND subject->>'id' = $2
      AND subject->>'type' = 'invoice' AND subject->>'provider' = 'freshbooks'
    UNION
    SELECT audit_entries.* FROM payments JOIN audit_entries
      ON business_id = $1 AND subject->>'id' = payments.id AND subject->>'provider' <> 'freshbooks'
    UNION
    SELECT audit_entries.* FROM (SELECT DISTINCT correlation_id FROM events) told JOIN audit_entries
      ON business_id = $1 AND audit_entries.correlation_id = told.correlation_id
      WHERE subject->>'id' = $2 OR subject->>'id' IN (SELECT id FROM payments)
        OR details->>'invoiceId' = $2
  )
  SELECT at, 'audit' AS kind, actor, action, subject, correlation_id AS "correlationId", seq::text AS seq,
    details->>'eventId' AS "eventId", NULL AS "payoutId", details FROM entries
  UNION ALL
  SELECT received_at, 'event', provider, 'Told by ' || provider || ': ' || type,
    jsonb_build_object('provider', provider, 'type', 'event', 'id', external_event_id), correlation_id, NULL, id::text, NULL,
    jsonb_build_object('type', type, 'state', state, 'reason', reason) FROM events
  UNION ALL
  SELECT (payouts.arrival_date || 'T00:00:00Z')::timestamptz, 'payout', 'gocardless',
    CASE item.type WHEN 'payment_paid_out' THEN 'Paid out with ' ELSE replace(item.type, '_', ' ') || ' in ' END || payouts.id,
    jsonb_build_object('provider', 'gocardless', 'type', 'payout', 'id', payouts.id), NULL, NULL, NULL, payouts.id,
    jsonb_build_object('type', item.type, 'amountTenths', item.amount_tenths)
  FROM payments JOIN payout_items item ON item.business_id = $1 AND item.payment_id = payments.id
    JOIN payouts ON payouts.business_id = $1 AND payouts.id = item.payout_id
    WHERE item.type IN ('payment_paid_out', 'payment_failed', 'payment_charged_back', 'payment_refunded')
      AND payouts.arrival_date IS NOT NULL
  ORDER BY 1 DESC, seq DESC NULLS LAST LIMIT ${String(ENTRIES_MAX)}`;

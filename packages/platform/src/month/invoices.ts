import { compareText, GAVE_BACK_OF, type InvoiceLine } from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import { monthValues, type ReportQuestion } from './question.ts';

interface Row {
  readonly invoiceId: string;
  readonly invoiceNumber: string | null;
  readonly currency: string;
  readonly collected: string;
  readonly reversed: string;
  readonly refunded: string;
  /** As lines of one text. */
  readonly keys: string | null;
}

/**
 * Every invoice with a ledger entry or a posting dated in the month. A refund names its payment only (PayPal's in
 * its note): it counts for the invoice on which that payment was booked last. The number is that of the invoice's newest
 * debit; of one that was never debited it is that of its newest entry.
 */
export async function* monthInvoices(
  snapshot: Snapshot,
  question: ReportQuestion,
): AsyncGenerator<InvoiceLine> {
  const rows = snapshot.rows<Row>({ text: TEXT, values: monthValues(question) });
  for await (const row of rows) yield lineOf(row);
}

function lineOf(row: Row): InvoiceLine {
  return {
    invoiceId: row.invoiceId,
    invoiceNumber: row.invoiceNumber,
    currency: row.currency,
    collectedMinor: BigInt(row.collected),
    reversedMinor: BigInt(row.reversed),
    refundedMinor: BigInt(row.refunded),
    postings: row.keys?.split('\n').sort(compareText) ?? [],
  };
}

/**
 * Grouped and ordered by code units in one sort; where the number is looked up the column's own collation is back, or the
 * index of the collections would not be used.
 */
const TEXT = `
  WITH entries AS (
    SELECT business_id, kind, invoice_id, currency, source_provider,
      CASE WHEN source_type = 'refund' AND position('${GAVE_BACK_OF}' IN note) > 0
        THEN split_part(note, '${GAVE_BACK_OF}', 2) ELSE source_id END AS payment_id,
      CASE kind
        WHEN 'collection' THEN CASE WHEN credit = 'assets:receivables' THEN amount_minor ELSE -amount_minor END
        WHEN 'reversal' THEN CASE WHEN debit = 'assets:receivables' THEN amount_minor ELSE -amount_minor END
        ELSE CASE WHEN credit = 'assets:clearing:' || provider THEN amount_minor ELSE -amount_minor END
      END AS amount
    FROM ledger_entries
    WHERE business_id = $1 AND date BETWEEN $2 AND $3 AND kind IN ('collection', 'reversal', 'refund')
  ), touched AS (
    SELECT invoice_id, currency, CASE kind WHEN 'collection' THEN amount ELSE 0 END AS collected,
      CASE kind WHEN 'reversal' THEN amount ELSE 0 END AS reversed, 0 AS refunded, NULL AS key
    FROM entries WHERE kind <> 'refund'
    UNION ALL
    SELECT booked.invoice_id, entries.currency, 0, 0, amount, NULL
    FROM entries CROSS JOIN LATERAL (
      SELECT payment.invoice_id FROM ledger_entries AS payment
      WHERE payment.business_id = entries.business_id AND payment.source_provider = entries.source_provider
        AND payment.source_type IN ('payment', 'capture') AND payment.source_id = entries.payment_id
        AND payment.kind = 'collection' AND payment.date <= $3
      ORDER BY payment.date COLLATE "C" DESC, payment.key COLLATE "C" DESC LIMIT 1
    ) AS booked
    WHERE kind = 'refund'
    UNION ALL
    SELECT invoice_id, currency, 0, 0, 0, key
    FROM postings WHERE business_id = $1 AND date BETWEEN $2 AND $3
  ), invoices AS (
    SELECT invoice_id COLLATE "C" AS invoice_id, currency COLLATE "C" AS currency, sum(collected)::text AS collected, sum(reversed)::text AS reversed,
      sum(refunded)::text AS refunded, string_agg(key, E'\\n') AS keys
    FROM touched WHERE invoice_id IS NOT NULL
    GROUP BY invoice_id COLLATE "C", currency COLLATE "C"
  )
  SELECT invoice_id AS "invoiceId", coalesce(debit.invoice_number, entry.invoice_number) AS "invoiceNumber", currency,
    collected, reversed, refunded, keys
  FROM invoices LEFT JOIN LATERAL (
    SELECT invoice_number FROM collections
    WHERE business_id = $1 AND collections.invoice_id = invoices.invoice_id COLLATE "default" ORDER BY attempt DESC LIMIT 1
  ) AS debit ON true LEFT JOIN LATERAL (
    SELECT invoice_number FROM postings
    WHERE debit.invoice_number IS NULL AND invoice_number IS NOT NULL
      AND business_id = $1 AND postings.invoice_id = invoices.invoice_id COLLATE "default"
    ORDER BY date COLLATE "C" DESC, key COLLATE "C" DESC LIMIT 1
  ) AS entry ON true
  ORDER BY invoice_id, currency`;

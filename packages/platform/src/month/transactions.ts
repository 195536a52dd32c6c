import { compareText, type LedgerKind, type Transaction } from '@mlc/core';
import type { Query } from '../postgres/cursor.ts';
import type { Snapshot } from './snapshot.ts';
import { IS_BEFORE, monthValues, type ReportQuestion } from './question.ts';

interface Row {
  readonly date: string;
  readonly kind: LedgerKind;
  readonly provider: string;
  readonly source_provider: string;
  readonly source_type: string;
  readonly source_id: string;
  readonly low: string;
  readonly high: string;
  readonly currency: string;
  /** From `high` to `low` when positive. */
  readonly moved: string;
  /** Lists as lines of one text, null when empty: the driver takes long over arrays. */
  readonly original_dates: string | null;
  readonly invoice_ids: string | null;
  readonly posting_keys: string | null;
  readonly payout_ids: string | null;
}

/**
 * The month's transfers, summed by day, kind, provider, source and pair of accounts; what stood before is the opening balance. An entry and its mirror on the same day are left out first, so that they leave no trace in the ids either: which
 * of them were ever made depends on the order in which the events came.
 */
export async function* monthTransactions(
  snapshot: Snapshot,
  question: ReportQuestion,
): AsyncGenerator<Transaction> {
  for await (const row of snapshot.rows<Row>(query(question))) yield transactionOf(row);
}

const TEXTS = ['date', 'kind', 'provider', 'source_provider', 'source_type', 'source_id'];
const GROUP = [...TEXTS, 'low', 'high', 'currency'].join(', ');
/** By code units from the start, so that grouping and the final order are one sort, and no locale is asked. */
const IN_C = [...TEXTS, 'currency'].map((column) => `${column} COLLATE "C" AS ${column}`).join(', ');

/** Entries of the month, what an entry and its mirror on the same day leave of them. */
const STANDING = `
      WITH sides AS (
        SELECT ${IN_C}, fact_date, invoice_id, posting_key, payout_id,
          regexp_replace(key, '^mirror:', '') COLLATE "C" AS base, least(debit COLLATE "C", credit COLLATE "C") AS low,
          greatest(debit COLLATE "C", credit COLLATE "C") AS high,
          CASE WHEN debit COLLATE "C" < credit COLLATE "C" THEN amount_minor ELSE -amount_minor END AS signed
        FROM ledger_entries
        WHERE business_id = $1 AND date <= $3 AND NOT ${IS_BEFORE}
      ), standing AS (
        SELECT ${GROUP}, sum(signed) AS moved, min(fact_date) AS fact_date, min(invoice_id) AS invoice_id,
          min(posting_key) AS posting_key, min(payout_id) AS payout_id
        FROM sides
        GROUP BY ${GROUP}, base
        HAVING sum(signed) <> 0
      )`;

/** A statement may begin with it: `transfers (low, high, currency, moved)`, one per transaction. Values: `monthValues`. */
export const TRANSFERS = `${STANDING}, transfers AS (
        SELECT low, high, currency, sum(moved) AS moved FROM standing GROUP BY ${GROUP} HAVING sum(moved) <> 0
      )`;

function query(question: ReportQuestion): Query {
  return {
    text: `${STANDING}
      SELECT ${GROUP}, sum(moved)::text AS moved,
        string_agg(CASE WHEN fact_date <> date THEN fact_date END, E'\\n') AS original_dates,
        string_agg(invoice_id, E'\\n') AS invoice_ids, string_agg(posting_key, E'\\n') AS posting_keys,
        string_agg(payout_id, E'\\n') AS payout_ids
      FROM standing
      GROUP BY ${GROUP} HAVING sum(moved) <> 0
      ORDER BY ${GROUP}`,
    values: monthValues(question),
  };
}

function transactionOf(row: Row): Transaction {
  const moved = BigInt(row.moved);
  const isUp = moved > 0n;
  return {
    date: row.date,
    kind: row.kind,
    provider: row.provider,
    source: { provider: row.source_provider, type: row.source_type, id: row.source_id },
    debit: isUp ? row.low : row.high,
    credit: isUp ? row.high : row.low,
    amountMinor: isUp ? moved : -moved,
    currency: row.currency,
    originalDates: distinct(row.original_dates),
    invoiceIds: distinct(row.invoice_ids),
    postingKeys: distinct(row.posting_keys),
    payoutIds: distinct(row.payout_ids),
  };
}

function distinct(lines: string | null): readonly string[] {
  if (lines === null) return [];
  return lines.includes('\n') ? [...new Set(lines.split('\n'))].sort(compareText) : [lines];
}

import { compareText, type LedgerKind, type Transaction } from '@mlc/core';
import type { Query } from '../cursor.ts';
import type { Snapshot } from '../snapshot.ts';
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
  readonly fact_dates: readonly string[];
  readonly invoice_ids: readonly (string | null)[];
  readonly posting_keys: readonly (string | null)[];
  readonly payout_ids: readonly (string | null)[];
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

const GROUP = 'date, kind, provider, source_provider, source_type, source_id, low, high, currency';
const IN_ORDER = GROUP.split(', ')
  .map((column) => `${column} COLLATE "C"`)
  .join(', ');

function query(question: ReportQuestion): Query {
  return {
    text: `
      WITH sides AS (
        SELECT *, least(debit COLLATE "C", credit COLLATE "C") AS low,
          greatest(debit COLLATE "C", credit COLLATE "C") AS high,
          CASE WHEN debit COLLATE "C" < credit COLLATE "C" THEN amount_minor ELSE -amount_minor END AS signed
        FROM ledger_entries
        WHERE business_id = $1 AND date <= $3 AND NOT ${IS_BEFORE}
      ), standing AS (
        SELECT ${GROUP}, sum(signed) AS moved, min(fact_date) AS fact_date, min(invoice_id) AS invoice_id,
          min(posting_key) AS posting_key, min(payout_id) AS payout_id
        FROM sides
        GROUP BY ${GROUP}, regexp_replace(key, '^mirror:', '')
        HAVING sum(signed) <> 0
      )
      SELECT ${GROUP}, sum(moved)::text AS moved, array_agg(fact_date) AS fact_dates,
        array_agg(invoice_id) AS invoice_ids, array_agg(posting_key) AS posting_keys, array_agg(payout_id) AS payout_ids
      FROM standing
      GROUP BY ${GROUP} HAVING sum(moved) <> 0
      ORDER BY ${IN_ORDER}`,
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
    originalDates: distinct(row.fact_dates.filter((date) => date !== row.date)),
    invoiceIds: distinct(row.invoice_ids),
    postingKeys: distinct(row.posting_keys),
    payoutIds: distinct(row.payout_ids),
  };
}

function distinct(texts: readonly (string | null)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== null))].sort(compareText);
}

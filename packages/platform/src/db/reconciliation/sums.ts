import type { AccountBalance, ClearingSum } from '@mlc/core';
import type { Snapshot } from '../snapshot.ts';
import { IS_BEFORE, monthValues, type ReportQuestion } from './question.ts';

type Text<Row, Key extends keyof Row> = Omit<Row, Key> & Readonly<Record<Key, string>>;

/** How each kind of entry moved each clearing account, before the month (the month's own opening included) and in it. */
export async function clearingSums(snapshot: Snapshot, question: ReportQuestion): Promise<ClearingSum[]> {
  const rows = await snapshot.all<Text<ClearingSum, 'movedMinor'>>({
    text: `SELECT currency, provider, kind, ${IS_BEFORE} AS "isBefore",
        sum(CASE WHEN debit = 'assets:clearing:' || provider THEN amount_minor ELSE -amount_minor END)::text
          AS "movedMinor"
      FROM ledger_entries
      WHERE business_id = $1 AND date <= $3 AND 'assets:clearing:' || provider IN (debit, credit)
      GROUP BY currency, provider, kind, ${IS_BEFORE}`,
    values: monthValues(question),
  });
  return rows.map((row) => ({ ...row, movedMinor: BigInt(row.movedMinor) }));
}

/** Every account up to the month's end: what stood before the month (its own opening included), and after. */
export async function accountBalances(
  snapshot: Snapshot,
  question: ReportQuestion,
): Promise<AccountBalance[]> {
  const rows = await snapshot.all<Text<AccountBalance, 'openingMinor' | 'closingMinor'>>({
    text: `SELECT account, currency,
        coalesce(sum(moved) FILTER (WHERE ${IS_BEFORE}), 0)::text AS "openingMinor",
        sum(moved)::text AS "closingMinor"
      FROM (
        SELECT debit AS account, currency, kind, date, fact_date, amount_minor AS moved
        FROM ledger_entries WHERE business_id = $1 AND date <= $3
        UNION ALL
        SELECT credit, currency, kind, date, fact_date, -amount_minor
        FROM ledger_entries WHERE business_id = $1 AND date <= $3
      ) AS side
      GROUP BY account, currency
      ORDER BY account COLLATE "C", currency COLLATE "C"`,
    values: monthValues(question),
  });
  return rows.map((row) => ({
    ...row,
    openingMinor: BigInt(row.openingMinor),
    closingMinor: BigInt(row.closingMinor),
  }));
}

import type { AccountBalance, ClearingSum } from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import { IS_BEFORE, monthValues, type ReportQuestion } from './question.ts';
import { TRANSFERS } from './transactions.ts';

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

/**
 * What stood in each account before the month (its own opening included), and after. An account in which nothing stood and
 * nothing stands of the month's entries is left out: whether an entry and its mirror were ever made depends on the order
 * in which the events came.
 */
export async function accountBalances(
  snapshot: Snapshot,
  question: ReportQuestion,
): Promise<AccountBalance[]> {
  const rows = await snapshot.all<Text<AccountBalance, 'openingMinor' | 'closingMinor'>>({
    text: `${TRANSFERS}, before AS (
        SELECT debit, credit, currency, amount_minor FROM ledger_entries
        WHERE business_id = $1 AND date <= $3 AND ${IS_BEFORE}
      )
      SELECT account, currency, sum(stood)::text AS "openingMinor", sum(stood + moved)::text AS "closingMinor"
      FROM (
        SELECT low AS account, currency, 0 AS stood, moved FROM transfers
        UNION ALL SELECT high, currency, 0, -moved FROM transfers
        UNION ALL SELECT debit COLLATE "C", currency COLLATE "C", amount_minor, 0 FROM before
        UNION ALL SELECT credit COLLATE "C", currency COLLATE "C", -amount_minor, 0 FROM before
      ) AS side
      GROUP BY account, currency
      HAVING sum(stood) <> 0 OR bool_or(moved <> 0)
      ORDER BY account, currency`,
    values: monthValues(question),
  });
  return rows.map((row) => ({
    ...row,
    openingMinor: BigInt(row.openingMinor),
    closingMinor: BigInt(row.closingMinor),
  }));
}

import type { ClearingRow, Holding } from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import { monthValues, type ReportQuestion } from './question.ts';

/**
 * What of a clearing account is whose, by the provider's ids and sorted by them: the ledger's side of the proof.
 * What was booked with a payout stands under the payout's id, and the payments that the payout settled are moved from there
 * to their own (tenths rounded half away from zero, as `minorFromTenths` does). So a payout of which every item is booked
 * ends at 0, and a payment at what is still under way.
 */
export async function* ledgerHoldings(
  snapshot: Snapshot,
  question: ReportQuestion,
  { provider, currency }: Pick<ClearingRow, 'provider' | 'currency'>,
): AsyncGenerator<Holding> {
  const [businessId, , lastDay] = monthValues(question);
  const rows = snapshot.rows<{ id: string; amount: string }>({
    text: `
      WITH entries AS (
        SELECT kind, payout_id, source_id,
          CASE WHEN debit = 'assets:clearing:' || provider THEN amount_minor ELSE -amount_minor END AS moved
        FROM ledger_entries
        WHERE business_id = $1 AND date <= $2 AND provider = $3 AND currency = $4
          AND 'assets:clearing:' || provider IN (debit, credit)
      ), settled AS (
        SELECT payout_id, payment_id, round(amount_tenths / 10.0)::bigint AS amount
        FROM payout_items
        WHERE business_id = $1 AND payment_id IS NOT NULL
          AND type IN ('payment_paid_out', 'payment_failed', 'payment_charged_back')
          AND payout_id IN (SELECT payout_id FROM entries WHERE kind IN ('payout', 'fee'))
      ), moves AS (
        SELECT CASE
            WHEN payout_id IS NOT NULL AND kind <> 'unallocated' THEN payout_id
            ELSE source_id
          END AS id, moved
        FROM entries
        UNION ALL SELECT payment_id, -amount FROM settled
        UNION ALL SELECT payout_id, amount FROM settled
      )
      SELECT id, sum(moved)::text AS amount FROM moves
      GROUP BY id HAVING sum(moved) <> 0 ORDER BY id COLLATE "C"`,
    values: [businessId, lastDay, provider, currency],
  });
  for await (const { id, amount } of rows) yield { id, amountMinor: BigInt(amount) };
}

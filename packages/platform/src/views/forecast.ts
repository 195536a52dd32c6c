import type { CollectionState, ForecastArrival, ForecastDebit, ForecastWindow } from '@mlc/core';
import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';

/** Which business and which days (YYYY-MM-DD, both included). */
export interface ForecastQuestion extends Pick<ForecastWindow, 'from' | 'to'> {
  readonly businessId: string;
}

interface DebitRow extends Omit<ForecastDebit, 'amountMinor' | 'state'> {
  readonly amountMinor: string;
  readonly state: CollectionState;
}

/**
 * Debits on their way and those that were first expected within the days, in no promised order. A debit arrived with the
 * first payout that holds it.
 */
export async function* forecastDebits(
  database: Database,
  { businessId, from, to }: ForecastQuestion,
): AsyncGenerator<ForecastDebit> {
  const rows = readRows<DebitRow>(database, {
    text: `SELECT c.payment_id AS "paymentId", c.currency, c.amount_minor AS "amountMinor", c.state,
        c.will_attempt_retry AS "willAttemptRetry", c.charge_date AS "chargeDate", m.data->>'scheme' AS scheme,
        m.data->>'nextPossibleChargeDate' AS "nextPossibleChargeDate", e.expected_date AS "expectedDate",
        (SELECT min(p.arrival_date) FROM payout_items i JOIN payouts p ON p.business_id = i.business_id AND p.id = i.payout_id
          WHERE i.business_id = c.business_id AND i.payment_id = c.payment_id AND i.type = 'payment_paid_out'
            AND p.status <> 'bounced') AS "actualDate"
      FROM collections c
      LEFT JOIN mirrored_mandates m ON m.business_id = c.business_id AND m.id = c.mandate_id
      LEFT JOIN expected_arrivals e
        ON e.business_id = c.business_id AND e.provider = 'gocardless' AND e.payment_id = c.payment_id
      WHERE c.business_id = $1 AND (
        c.state IN ('planned', 'requested', 'pending_submission', 'submitted', 'confirmed')
        OR (c.state = 'failed' AND c.will_attempt_retry)
        OR e.expected_date BETWEEN $2 AND $3)`,
    values: [businessId, from, to],
  });
  for await (const row of rows) yield { ...row, amountMinor: BigInt(row.amountMinor) };
}

/**
 * Money that reached the bank on these days, in no promised order: GoCardless' payouts that did not bounce, and what was
 * withdrawn from PayPal by the ledger.
 */
export async function* forecastArrivals(
  database: Database,
  { businessId, from, to }: ForecastQuestion,
): AsyncGenerator<ForecastArrival> {
  const rows = readRows<{ date: string; currency: string; amountMinor: string }>(database, {
    text: `SELECT arrival_date AS date, currency, net_minor AS "amountMinor" FROM payouts
      WHERE business_id = $1 AND arrival_date BETWEEN $2 AND $3 AND status <> 'bounced'
      UNION ALL
      SELECT fact_date, currency,
        CASE WHEN credit = 'assets:clearing:paypal' THEN amount_minor ELSE -amount_minor END
      FROM ledger_entries
      WHERE business_id = $1 AND fact_date BETWEEN $2 AND $3 AND provider = 'paypal' AND kind = 'payout'
        AND 'assets:clearing:paypal' IN (debit, credit)`,
    values: [businessId, from, to],
  });
  for await (const row of rows) yield { ...row, amountMinor: BigInt(row.amountMinor) };
}

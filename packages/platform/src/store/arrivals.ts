import { type ArrivalStore, type Clock, expectedArrival } from '@mlc/core';
import type { Sql } from '../postgres/sql.ts';
import { insertion } from '../postgres/statements.ts';

const PROVIDER = 'gocardless';

/** First expectations of one business, in Postgres. */
export function arrivalStore(sql: Sql, businessId: string, clock: Clock): ArrivalStore {
  return {
    expect: async ({ id: paymentId, chargeDate, mandateId, amount }) => {
      if (chargeDate === null) return;
      const { currency, minor: amountMinor } = amount;
      const scheme = await schemeOf(sql, businessId, mandateId);
      const expectedDate = expectedArrival({ chargeDate, scheme, currency });
      const row = { businessId, provider: PROVIDER, paymentId, amountMinor, currency, expectedDate };
      const { text, values } = insertion('expected_arrivals', { ...row, recordedAt: clock.now() });
      await sql.count(`${text} ON CONFLICT DO NOTHING`, values);
    },
    expectedOn: async (paymentId) => {
      const [row] = await sql.rows<{ expectedDate: string }>(EXPECTED_ON, [businessId, PROVIDER, paymentId]);
      return row?.expectedDate ?? null;
    },
  };
}

const EXPECTED_ON = `SELECT expected_date AS "expectedDate" FROM expected_arrivals
  WHERE business_id = $1 AND provider = $2 AND payment_id = $3`;
const SCHEME_OF = `SELECT data->>'scheme' AS scheme FROM mirrored_mandates WHERE business_id = $1 AND id = $2`;

async function schemeOf(sql: Sql, businessId: string, id: string): Promise<string | null> {
  const [row] = await sql.rows<{ scheme: string | null }>(SCHEME_OF, [businessId, id]);
  return row?.scheme ?? null;
}

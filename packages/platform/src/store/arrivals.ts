import { arrivalsByScheme, type ArrivalStore, type Clock, expectedArrival } from '@mlc/core';
import type { Sql } from '../postgres/sql.ts';

const PROVIDER = 'gocardless';

/** First expectations of one business, in Postgres. */
export function arrivalStore(sql: Sql, businessId: string, clock: Clock): ArrivalStore {
  return {
    expect: async ({ id: paymentId, chargeDate, mandateId, amount }) => {
      if (chargeDate === null) return;
      const { currency, minor } = amount;
      const without = expectedArrival({ chargeDate, scheme: null, currency });
      const ofUnknown = expectedArrival({ chargeDate, scheme: '', currency });
      await sql.tell(EXPECT, [
        ...[businessId, PROVIDER, paymentId, minor, currency, clock.now(), mandateId],
        ...[JSON.stringify(arrivalsByScheme(chargeDate)), ofUnknown, without],
      ]);
    },
    expectedOn: async (paymentId) => {
      const [row] = await sql.rows<{ expectedDate: string }>(EXPECTED_ON, [businessId, PROVIDER, paymentId]);
      return row?.expectedDate ?? null;
    },
  };
}

const EXPECTED_ON = `SELECT expected_date AS "expectedDate" FROM expected_arrivals
  WHERE business_id = $1 AND provider = $2 AND payment_id = $3`;
/** By the scheme of the mandate; one that is not known to us, and no mandate known, have days of their own. */
const EXPECT = `INSERT INTO expected_arrivals
    (business_id, provider, payment_id, amount_minor, currency, recorded_at, expected_date)
  SELECT $1, $2, $3, $4, $5, $6, CASE WHEN scheme IS NULL THEN $10 ELSE COALESCE($8::jsonb ->> scheme, $9) END
  FROM (SELECT (SELECT data->>'scheme' FROM mirrored_mandates WHERE business_id = $1 AND id = $7) AS scheme) AS mandate
  ON CONFLICT DO NOTHING`;

import { firstOpenDate, type PeriodStore } from '@mlc/core';
import type { Sql } from '../postgres/sql.ts';

/** The advisory lock between closing a month (exclusive) and dating something by what is open (shared). */
export function periodLockName(businessId: string): string {
  return `periods:${businessId}`;
}

/** The function takes the lock `periodLockName` shared and only then looks; one statement for both. */
const CLOSED_MONTHS = 'SELECT month FROM closed_months_from($1, $2) AS month';

/**
 * Closed months of one business, in Postgres. Asked within a transaction, the answer stays true until its end: a month is
 * not closed meanwhile.
 */
export function periodStore(sql: Sql, businessId: string): PeriodStore {
  return {
    firstOpenDate: async (date) => {
      const rows = await sql.rows<{ month: string }>(CLOSED_MONTHS, [businessId, date.slice(0, 7)]);
      return firstOpenDate(
        date,
        rows.map((row) => row.month),
      );
    },
  };
}

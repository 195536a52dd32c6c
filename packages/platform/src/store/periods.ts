import { firstOpenDate, type PeriodStore } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';

/** The advisory lock between closing a month (exclusive) and dating something by what is open (shared). */
export function periodLockName(businessId: string): string {
  return `periods:${businessId}`;
}

/**
 * Closed months of one business, in Postgres. Asked within a transaction, the answer stays true until its end: a month is
 * not closed meanwhile.
 */
export function periodStore(executor: Executor, businessId: string): PeriodStore {
  return {
    firstOpenDate: async (date) => {
      await executor.$executeRaw`
        SELECT pg_advisory_xact_lock_shared(hashtextextended(${periodLockName(businessId)}, 0))`;
      const where = { businessId, month: { gte: date.slice(0, 7) } };
      const rows = await executor.closedPeriod.findMany({ where, select: { month: true } });
      return firstOpenDate(
        date,
        rows.map((row) => row.month),
      );
    },
  };
}

import { firstOpenDate, type PeriodStore } from '@mlc/core';
import type { Executor } from './database.ts';

/** Closed months of one business, in Postgres. */
export function periodStore(executor: Executor, businessId: string): PeriodStore {
  return {
    firstOpenDate: async (date) => {
      const where = { businessId, month: { gte: date.slice(0, 7) } };
      const rows = await executor.closedPeriod.findMany({ where, select: { month: true } });
      return firstOpenDate(
        date,
        rows.map((row) => row.month),
      );
    },
  };
}

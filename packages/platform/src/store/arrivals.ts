import { type ArrivalStore, type Clock, expectedArrival } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';

const PROVIDER = 'gocardless';

/** First expectations of one business, in Postgres. */
export function arrivalStore(executor: Executor, businessId: string, clock: Clock): ArrivalStore {
  return {
    expect: async ({ id: paymentId, chargeDate, mandateId, amount }) => {
      if (chargeDate === null) return;
      const { currency, minor: amountMinor } = amount;
      const scheme = await schemeOf(executor, businessId, mandateId);
      const expectedDate = expectedArrival({ chargeDate, scheme, currency });
      const row = { businessId, provider: PROVIDER, paymentId, amountMinor, currency, expectedDate };
      await executor.expectedArrival.createMany({
        data: [{ ...row, recordedAt: clock.now() }],
        skipDuplicates: true,
      });
    },
    expectedOn: async (paymentId) => {
      const where = { businessId_provider_paymentId: { businessId, provider: PROVIDER, paymentId } };
      const row = await executor.expectedArrival.findUnique({ where, select: { expectedDate: true } });
      return row?.expectedDate ?? null;
    },
  };
}

async function schemeOf(executor: Executor, businessId: string, id: string): Promise<string | null> {
  const where = { businessId_id: { businessId, id } };
  const row = await executor.mirroredMandate.findUnique({ where, select: { data: true } });
  const scheme = (row?.data as { readonly scheme?: unknown } | undefined)?.scheme;
  return typeof scheme === 'string' ? scheme : null;
}

import { type ArrivalStore, expectedArrival } from '@mlc/core';
import type { MemoryScope } from './rows.ts';

/** First expectations, in memory. */
export function memoryArrivals({ rows }: MemoryScope): ArrivalStore {
  return {
    expect: ({ id, chargeDate, mandateId, amount }) => {
      if (chargeDate !== null && !rows.arrivals.has(id)) {
        const scheme = rows.mandates.get(mandateId)?.scheme ?? null;
        rows.arrivals.set(id, expectedArrival({ chargeDate, scheme, currency: amount.currency }));
      }
      return Promise.resolve();
    },
    expectedOn: (paymentId) => Promise.resolve(rows.arrivals.get(paymentId) ?? null),
  };
}

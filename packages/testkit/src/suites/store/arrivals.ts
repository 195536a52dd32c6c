import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { Debit, Mandate } from '@mlc/core';
import type { Bench } from './subject.ts';

const DEBIT: Debit = {
  id: 'PM1',
  amount: { minor: 9_007_199_254_740_993n, currency: 'GBP' },
  status: 'submitted',
  // A Thursday.
  chargeDate: '2026-11-05',
  mandateId: 'MD1',
  description: null,
  reference: null,
  metadata: {},
  subscriptionId: null,
  instalmentScheduleId: null,
  payoutId: null,
  createdAt: '2026-11-01T09:00:00.000Z',
};

const MANDATE: Mandate = {
  id: 'MD1',
  status: 'active',
  scheme: 'pay_to',
  currency: 'GBP',
  customerId: 'CU1',
  nextPossibleChargeDate: null,
  createdAt: '2026-11-01T09:00:00.000Z',
  metadata: {},
  newMandateId: null,
  maxAmountMinor: null,
  consent: null,
  consentType: null,
};

/** `ArrivalStore`. */
export function arrivalTests({ subject }: Bench): void {
  const arrivals = () => subject().store.arrivals;
  const writes = () => inTransactions(subject().store);

  describe('expected arrivals', () => {
    test('the first expectation stays, whatever comes later', async () => {
      await writes().arrivals.expect(DEBIT);
      expect(await arrivals().expectedOn('PM1')).toBe('2026-11-09');
      await writes().arrivals.expect({ ...DEBIT, chargeDate: '2026-11-26' });
      expect(await arrivals().expectedOn('PM1')).toBe('2026-11-09');
    });

    test('the mandate’s own scheme counts, where it is known', async () => {
      await subject().store.transaction((tx) => tx.mirror.putMandates([MANDATE]));
      await writes().arrivals.expect(DEBIT);
      expect(await arrivals().expectedOn('PM1')).toBe('2026-11-06');
    });

    test('without a charge date there is nothing to expect yet', async () => {
      await writes().arrivals.expect({ ...DEBIT, chargeDate: null });
      expect(await arrivals().expectedOn('PM1')).toBeNull();
      await writes().arrivals.expect(DEBIT);
      expect(await arrivals().expectedOn('PM1')).toBe('2026-11-09');
    });

    test('it is part of its transaction', async () => {
      const failing = subject().store.transaction(async (tx) => {
        await tx.arrivals.expect(DEBIT);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await arrivals().expectedOn('PM1')).toBeNull();
    });
  });
}

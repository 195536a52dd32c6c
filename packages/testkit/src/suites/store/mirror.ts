import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { DebitCustomer, Mandate } from '@mlc/core';
import type { Bench } from './subject.ts';

function aCustomer(changes: Partial<DebitCustomer> = {}): DebitCustomer {
  return {
    id: 'CU1',
    email: 'ada@example.test',
    name: 'Ada Ltd',
    metadata: { note: 'x' },
    createdAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

function aMandate(changes: Partial<Mandate> = {}): Mandate {
  return {
    id: 'MD1',
    status: 'active',
    scheme: 'bacs',
    currency: 'GBP',
    customerId: 'CU1',
    nextPossibleChargeDate: '2026-11-05',
    createdAt: '2026-01-01T00:00:00.000Z',
    metadata: {},
    newMandateId: null,
    maxAmountMinor: null,
    consent: null,
    consentType: null,
    ...changes,
  };
}

/** `MirrorStore`. */
export function mirrorTests({ subject }: Bench): void {
  const mirror = () => subject().store.mirror;
  const writes = () => inTransactions(subject().store);

  describe('mirror', () => {
    test('customers are found by id, whole address in any case, and client', async () => {
      const first = aCustomer({ email: 'Ada@Example.test' });
      const metadata = { freshbooks_client_id: '7' };
      const second = aCustomer({ id: 'CU2', metadata, createdAt: '2026-02-01T00:00:00.000Z' });
      const third = aCustomer({ id: 'CU3', email: null });
      await writes().mirror.putCustomers([second, first, third]);
      expect(await mirror().customer('CU1')).toEqual(first);
      expect(await mirror().customer('CU404')).toBeNull();
      expect(await mirror().customersByEmail('ADA@example.TEST')).toEqual([first, second]);
      expect(await mirror().customersByEmail('ada@example')).toEqual([]);
      expect(await mirror().customersByClientId('7')).toEqual([second]);
      expect(await mirror().customersByClientId('8')).toEqual([]);
    });

    test('the newest state of a customer replaces the one before', async () => {
      await writes().mirror.putCustomers([]);
      await writes().mirror.putCustomers([aCustomer()]);
      const changed = aCustomer({ email: 'new@example.test', metadata: { freshbooks_client_id: '9' } });
      await writes().mirror.putCustomers([aCustomer({ name: 'older' }), changed]);
      expect(await mirror().customersByEmail('ada@example.test')).toEqual([]);
      expect(await mirror().customersByClientId('9')).toEqual([changed]);
    });

    test('mandates come newest first, with limits beyond 2^53', async () => {
      const consent = {
        startDate: '2026-01-01',
        endDate: null,
        maxPeriodMinor: 9_007_199_254_740_993n,
        maxPeriodPayments: 2,
        period: 'month',
        isByCalendar: false,
      };
      const older = aMandate({ maxAmountMinor: 9_007_199_254_740_993n, consent, consentType: 'standing' });
      const newer = aMandate({ id: 'MD2', createdAt: '2026-02-01T00:00:00.000Z', metadata: { a: 'b' } });
      await writes().mirror.putMandates([]);
      await writes().mirror.putMandates([older, newer, aMandate({ id: 'MD3', customerId: 'CU2' })]);
      expect(await mirror().mandates('CU1')).toEqual([newer, older]);
      const cancelled = { ...newer, status: 'cancelled', nextPossibleChargeDate: null };
      await writes().mirror.putMandates([cancelled]);
      expect(await mirror().mandates('CU1')).toEqual([cancelled, older]);
      expect(await mirror().mandates('CU404')).toEqual([]);
    });

    test('a removed customer takes its mandates along', async () => {
      await writes().mirror.putCustomers([aCustomer(), aCustomer({ id: 'CU2' })]);
      await writes().mirror.putMandates([aMandate(), aMandate({ id: 'MD2', customerId: 'CU2' })]);
      await writes().mirror.removeCustomer('CU1');
      await writes().mirror.removeCustomer('CU404');
      expect(await mirror().customer('CU1')).toBeNull();
      expect(await mirror().mandates('CU1')).toEqual([]);
      expect(await mirror().mandates('CU2')).toHaveLength(1);
    });

    test('progress is kept per resource', async () => {
      expect(await mirror().progress('customers')).toBeNull();
      const progress = {
        fullAt: new Date('2026-11-01T00:00:00Z'),
        newestCreatedAt: '2026-10-31T00:00:00.000Z',
      };
      await writes().mirror.setProgress('customers', { ...progress, newestCreatedAt: '' });
      await writes().mirror.setProgress('customers', progress);
      expect(await mirror().progress('customers')).toEqual(progress);
      expect(await mirror().progress('mandates')).toBeNull();
    });
  });
}

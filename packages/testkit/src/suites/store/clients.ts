import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { Bench } from './subject.ts';

/** `ClientStore` and `PeriodStore`. */
export function clientTests({ subject, clock }: Bench): void {
  const clients = () => subject().store.clients;
  const writes = () => inTransactions(subject().store);

  describe('clients', () => {
    test('a link is found from both sides and can be moved', async () => {
      expect(await clients().linkOf('7')).toBeNull();
      await writes().clients.link('8', 'CU1', 'same e-mail');
      await writes().clients.link('7', 'CU1', 'same e-mail');
      const linkedAt = clock().now();
      expect(await clients().linkOf('7')).toEqual({ customerId: 'CU1', why: 'same e-mail', linkedAt });
      expect(await clients().clientsOf('CU1')).toEqual(['7', '8']);
      await writes().clients.link('7', 'CU2', 'chosen by a person');
      expect(await clients().clientsOf('CU1')).toEqual(['8']);
      expect(await clients().linkOf('7')).toMatchObject({ customerId: 'CU2', why: 'chosen by a person' });
    });

    test('opting out counts for the invoice or its client, the invoice first', async () => {
      await subject().optOut('client', '7', 'pays by cheque');
      await subject().optOut('invoice', '101', 'on hold');
      expect(await clients().optOut('101', '7')).toBe('on hold');
      expect(await clients().optOut('102', '7')).toBe('pays by cheque');
      expect(await clients().optOut('7', '101')).toBeNull();
    });

    test('a request for a mandate is found by client, currency and scheme, and by its own id', async () => {
      const bacs = { currency: 'GBP', scheme: 'bacs' };
      const sepa = { currency: 'EUR', scheme: 'sepa_core' };
      expect(await clients().mandateRequest('7', bacs)).toBeNull();
      const request = {
        billingRequestId: 'BRQ1',
        authorisationUrl: 'https://pay.test/1',
        requestedAt: clock().now(),
      };
      await writes().clients.setMandateRequest('7', bacs, request);
      expect(await clients().mandateRequest('7', bacs)).toEqual(request);
      expect(await clients().mandateRequest('7', sepa)).toBeNull();
      expect(await clients().mandateRequest('8', bacs)).toBeNull();
      expect(await clients().clientOfMandateRequest('BRQ1')).toBe('7');
      await writes().clients.setMandateRequest('7', bacs, { ...request, billingRequestId: 'BRQ2' });
      await writes().clients.setMandateRequest('7', sepa, { ...request, billingRequestId: 'BRQ3' });
      expect(await clients().clientOfMandateRequest('BRQ3')).toBe('7');
      expect(await clients().clientOfMandateRequest('BRQ1')).toBeNull();
      expect(await clients().clientOfMandateRequest('BRQ2')).toBe('7');
    });
  });

  describe('periods', () => {
    test('a date in a closed month moves to the first day of the next open one', async () => {
      const { periods } = subject().store;
      expect(await periods.firstOpenDate('2026-11-15')).toBe('2026-11-15');
      for (const month of ['2026-10', '2026-11', '2026-12', '2027-02']) await subject().closeMonth(month);
      expect(await periods.firstOpenDate('2026-11-15')).toBe('2027-01-01');
      expect(await periods.firstOpenDate('2027-01-31')).toBe('2027-01-31');
      expect(await periods.firstOpenDate('2027-02-28')).toBe('2027-03-01');
      expect(await periods.firstOpenDate('2026-09-30')).toBe('2026-09-30');
    });
  });
}

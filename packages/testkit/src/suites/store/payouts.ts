import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { Payout, PayoutItem } from '@mlc/core';
import { payoutItem } from '../../fakes/fake-payouts.ts';
import { aCollection, anIntent, type Bench } from './subject.ts';

/** A payout of GBP 98.68 that was paid. */
export function aPayout(changes: Partial<Payout> = {}): Payout {
  return {
    id: 'PO1',
    net: { minor: 9_868n, currency: 'GBP' },
    deductedFeesMinor: 132n,
    status: 'paid',
    arrivalDate: '2026-11-24',
    reference: 'ACME-PO1',
    payoutType: 'merchant',
    exchange: null,
    createdAt: '2026-11-23T09:00:00.000Z',
    ...changes,
  };
}

/** PM1 with its fee. */
export const ITEMS: readonly PayoutItem[] = [
  payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
  payoutItem('gocardless_fee', -1_320n, { paymentId: 'PM1', taxTenths: -220n }),
];

/** More rows than one statement carries parameters for. */
const MANY = 5_000;

/** `PayoutStore`. */
export function payoutTests({ subject }: Bench): void {
  const payouts = () => subject().store.payouts;
  const writes = () => inTransactions(subject().store);

  describe('payouts', () => {
    test('a payout is kept with its items in the order they came', async () => {
      const exchange = { currency: 'EUR', amountMinor: 11_545n, rate: '1.16995' };
      const payout = aPayout({ exchange, reference: null });
      await writes().payouts.put(payout, ITEMS);
      expect(await payouts().get('PO1')).toEqual({ payout, items: ITEMS });
      expect(await payouts().get('PO2')).toBeNull();
    });

    test('it is refreshed, and its items are kept once', async () => {
      await writes().payouts.put(aPayout({ status: 'pending', arrivalDate: null }), null);
      expect(await payouts().get('PO1')).toMatchObject({ items: null });
      await writes().payouts.put(aPayout(), ITEMS);
      await writes().payouts.put(aPayout({ status: 'bounced' }), []);
      await writes().payouts.put(aPayout({ status: 'bounced' }), null);
      expect(await payouts().get('PO1')).toEqual({ payout: aPayout({ status: 'bounced' }), items: ITEMS });
    });

    test('no items is something else than items not known', async () => {
      await writes().payouts.put(aPayout({ net: { minor: 0n, currency: 'GBP' } }), []);
      expect(await payouts().get('PO1')).toMatchObject({ items: [] });
    });

    test('items that did not add up are replaced', async () => {
      await writes().payouts.put(aPayout(), ITEMS.slice(1));
      await writes().payouts.replaceItems('PO1', ITEMS);
      expect(await payouts().get('PO1')).toMatchObject({ items: ITEMS });
      await expect(writes().payouts.replaceItems('PO9', ITEMS)).rejects.toThrow('PO9');
    });

    test('two that put the items at once keep them once', async () => {
      const put = () => writes().payouts.put(aPayout(), ITEMS);
      await Promise.all([put(), put(), put()]);
      expect(await payouts().get('PO1')).toMatchObject({ items: ITEMS });
    });

    test('many items are kept', async () => {
      const items = Array.from({ length: MANY }, (_, index) =>
        payoutItem('payment_paid_out', BigInt(index) - 2_500n, { paymentId: `PM${index}` }),
      );
      await writes().payouts.put(aPayout(), items);
      expect(await payouts().get('PO1')).toMatchObject({ items });
      const ids = items.map(({ paymentId }) => paymentId ?? '');
      await subject().store.transaction((tx) => tx.collections.insert(aCollection({ paymentId: 'PM4999' })));
      expect(await payouts().oursAmong(ids)).toEqual(new Set(['PM4999']));
    });

    test('items of one payment are found over all payouts, oldest payout first', async () => {
      const later = aPayout({ id: 'PO0', createdAt: '2026-11-30T09:00:00.000Z' });
      const failed = payoutItem('payment_failed', -100_000n, { paymentId: 'PM1' });
      await writes().payouts.put(later, [payoutItem('refund', -5n, { refundId: 'RF1' }), failed]);
      await writes().payouts.put(aPayout(), ITEMS);
      expect(await payouts().itemsOfPayment('PM1')).toEqual([
        { ...ITEMS[0], payoutId: 'PO1' },
        { ...ITEMS[1], payoutId: 'PO1' },
        { ...failed, payoutId: 'PO0' },
      ]);
      expect(await payouts().itemsOfPayment('PM2')).toEqual([]);
    });

    test('a payment is ours when it is followed or was booked', async () => {
      const { collections, postings } = writes();
      await collections.insert(aCollection({ paymentId: 'PM1', origin: 'matched' }));
      await postings.insertIntent(anIntent({ source: { provider: 'gocardless', id: 'PM2' } }));
      await postings.insertIntent(anIntent({ source: { provider: 'paypal', id: 'PM3' } }));
      expect(await payouts().oursAmong(['PM1', 'PM2', 'PM3', 'PM4'])).toEqual(new Set(['PM1', 'PM2']));
      expect(await payouts().oursAmong([])).toEqual(new Set());
    });

    test('what a transaction kept goes with it', async () => {
      const work = subject().store.transaction(async (tx) => {
        await tx.payouts.put(aPayout(), ITEMS);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await payouts().get('PO1')).toBeNull();
    });
  });
}

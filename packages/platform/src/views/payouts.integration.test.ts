import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PayoutItemType } from '@mlc/core';
import { createTestDatabase, inTransactions, payoutItem, type TestDatabase } from '@mlc/testkit';
import { aPayout, ITEMS } from '@mlc/testkit/suites/store/payouts';
import { aCollection, anIntent, testClock } from '@mlc/testkit/suites/store/subject';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from '../store/store.ts';
import { listPayouts, type PayoutView } from './payouts.ts';

let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 1);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function payoutsOf(businessId?: string): Promise<PayoutView[]> {
  const list: PayoutView[] = [];
  for await (const row of listPayouts(database, { businessId })) list.push(row);
  return list;
}

test('a payout is listed as the contract says', async () => {
  const { payouts, collections } = inTransactions(storeFor(database, 'acme', { clock }));
  await collections.insert(aCollection({ paymentId: 'PM1' }));
  await payouts.put(aPayout(), ITEMS);
  expect(await payoutsOf('acme')).toEqual([
    {
      payoutId: 'PO1',
      currency: 'GBP',
      grossMinor: 10_000,
      feesMinor: 132,
      netMinor: 9_868,
      arrivalDate: '2026-11-24',
      state: 'paid',
      items: 2,
      unexplainedMinor: 0,
    },
  ]);
  expect(Object.keys((await payoutsOf('acme'))[0] ?? {})).toEqual([
    'payoutId', 'currency', 'grossMinor', 'feesMinor', 'netMinor', 'arrivalDate', 'state', 'items',
    'unexplainedMinor',
  ]); // prettier-ignore
});

test('what is not ours is unexplained until it is matched; its fee is a fee', async () => {
  const { payouts, postings } = inTransactions(storeFor(database, 'foreign', { clock }));
  const refunded = payoutItem('payment_refunded', -40_000n, { paymentId: 'PM2', refundId: 'RF1' });
  const noPayment = payoutItem('refund', -10_000n, { refundId: 'RF2' });
  const share = payoutItem('revenue_share', 10_000n, { paymentId: 'PM3' });
  await payouts.put(aPayout({ net: { minor: 5_868n, currency: 'GBP' } }), [
    ...ITEMS,
    refunded,
    noPayment,
    share,
  ]);
  expect(await payoutsOf('foreign')).toMatchObject([{ feesMinor: 132, unexplainedMinor: 6_000 }]);
  await postings.insertIntent(anIntent({ source: { provider: 'gocardless', id: 'PM1' } }));
  expect(await payoutsOf('foreign')).toMatchObject([{ unexplainedMinor: -4_000 }]);
  await postings.insertIntent(anIntent({ source: { provider: 'gocardless', id: 'PM2' } }));
  expect(await payoutsOf('foreign')).toMatchObject([{ unexplainedMinor: 0 }]);
});

test('an item that names no payment and is no fee, share or refund is unexplained', async () => {
  const { payouts, collections } = inTransactions(storeFor(database, 'nameless', { clock }));
  await collections.insert(aCollection({ paymentId: 'PM1', invoiceId: '77' }));
  const nobody = payoutItem('payment_paid_out', 5_000n);
  const levy = payoutItem('levy_of_tomorrow' as PayoutItemType, -200n);
  await payouts.put(aPayout({ net: { minor: 10_348n, currency: 'GBP' } }), [...ITEMS, nobody, levy]);
  expect(await payoutsOf('nameless')).toMatchObject([{ feesMinor: 132, unexplainedMinor: 480 }]);
});

test('payments of another business are not ours', async () => {
  await storeFor(database, 'theirs', { clock }).transaction((tx) =>
    tx.collections.insert(aCollection({ paymentId: 'PM77' })),
  );
  const item = payoutItem('payment_paid_out', 98_680n, { paymentId: 'PM77' });
  await storeFor(database, 'mine', { clock }).transaction((tx) => tx.payouts.put(aPayout(), [item]));
  expect(await payoutsOf('mine')).toMatchObject([{ unexplainedMinor: 9_868 }]);
});

test('until the items are known, the fees are what GoCardless says; oldest first', async () => {
  const { payouts } = inTransactions(storeFor(database, 'early', { clock }));
  await payouts.put(aPayout({ id: 'PO9' }), []);
  const createdAt = '2026-11-20T09:00:00.000Z';
  await payouts.put(aPayout({ id: 'PO3', createdAt, status: 'pending', arrivalDate: null }), null);
  expect(await payoutsOf('early')).toMatchObject([
    { payoutId: 'PO3', grossMinor: 10_000, feesMinor: 132, arrivalDate: null, state: 'pending', items: 0 },
    { payoutId: 'PO9', grossMinor: 9_868, feesMinor: 0 },
  ]);
  expect((await payoutsOf()).length).toBeGreaterThan(4);
});

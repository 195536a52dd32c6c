import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FakeBooks } from '@mlc/testkit/fakes/fake-books';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from './registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const changed = (debitId: string): DomainEvent => ({ kind: 'debit-changed', debitId, action: 'changed' });
const OF_A = { freshbooks_account_id: 'ACC1' };

/** Two FreshBooks accounts on one GoCardless account, one client of both with GBP 120.00 to pay to each. */
let a: FlowWorld;
let b: FlowWorld;
beforeEach(() => {
  a = new FlowWorld(FLOWS);
  b = new FlowWorld(FLOWS, {}, { books: new FakeBooks('ACC2'), debits: a.debits, payouts: a.payouts });
  for (const { books } of [a, b]) {
    books.addClient('7', 'payer@client.test');
    books.addInvoice('1', '7', { amountMinor: 12_000n });
  }
  a.debits.addCustomer('CU1', 'payer@client.test');
  a.debits.addMandate('MD1', 'CU1');
});

const open = (world: FlowWorld) =>
  world.store.reviewRows().flatMap(({ state, kind }) => (state === 'open' ? [kind] : []));
/** Every event of the account reaches both. */
const bothSee = async (event: DomainEvent) => ({ a: await a.see(event), b: await b.see(event) });

describe("a debit of A's", () => {
  beforeEach(async () => {
    await a.see(invoiceChanged);
    await b.see(invoiceChanged);
    expect(a.debits.all()).toMatchObject([
      { id: 'PM1', metadata: { freshbooks_account_id: 'ACC1' } },
      { id: 'PM2', metadata: { freshbooks_account_id: 'ACC2' } },
    ]);
  });

  test('is booked in A and leaves B as it is', async () => {
    a.debits.move('PM1', 'confirmed');
    const seen = await bothSee(changed('PM1'));
    expect(seen.b).toMatchObject({ state: 'skipped', because: 'of-another-business' });
    expect(a.books.paymentsOf('1')).toHaveLength(1);
    expect(b.books.paymentsOf('1')).toEqual([]);
    expect(a.debits.debits.get('PM2')?.status).toBe('pending_submission');
    expect(b.store.collectionRows()).toHaveLength(1);
    expect([open(a), open(b)]).toEqual([[], []]);
  });

  test.each(['failed', 'charged_back', 'paid_out'] as const)(
    '%s: neither does the rest of its life',
    async (status) => {
      a.debits.move('PM1', 'confirmed');
      await bothSee(changed('PM1'));
      a.debits.move('PM1', status);
      expect((await bothSee(changed('PM1'))).b).toMatchObject({ because: 'of-another-business' });
      a.debits.move('PM2', 'confirmed');
      await bothSee(changed('PM2'));
      expect(b.books.paymentsOf('1')).toHaveLength(1);
      expect(open(b)).toEqual([]);
    },
  );

  test('given back: only A is asked', async () => {
    a.payouts.refunds.set('RF1', {
      id: 'RF1',
      amount: { minor: 12_000n, currency: 'GBP' },
      status: 'paid',
      paymentId: 'PM1',
      mandateId: 'MD1',
      createdAt: '2026-11-25T00:00:00.000Z',
    });
    await bothSee({ kind: 'debit-refund-changed', refundId: 'RF1' });
    expect([open(a), open(b)]).toEqual([['refund'], []]);
  });

  test('in a payout of both: what is the other one’s is not explained', async () => {
    a.payouts.addPayout('PO1', 24_000n, [
      payoutItem('payment_paid_out', 120_000n, { paymentId: 'PM1' }),
      payoutItem('payment_paid_out', 120_000n, { paymentId: 'PM2' }),
    ]);
    await bothSee({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
    for (const { store } of [a, b])
      expect(store.reviewRows()).toMatchObject([{ kind: 'payout_unexplained', amount: { minor: 12_000n } }]);
  });
});

describe("what a person made for A's", () => {
  test.each<[string, () => void]>([
    ['a payment that names the account', () => a.debits.addDebit('PM9', 'MD1', { metadata: OF_A })],
    [
      'a payment on a mandate that names it',
      () => {
        a.debits.addMandate('MD9', 'CU1', { metadata: OF_A });
        a.debits.addDebit('PM9', 'MD9');
      },
    ],
    [
      'a payment on such a mandate that names an invoice of the same id',
      () => {
        a.debits.addMandate('MD9', 'CU1', { metadata: OF_A });
        a.debits.addDebit('PM9', 'MD9', { metadata: { freshbooks_invoice_id: '1' } });
      },
    ],
    [
      'a payment of a subscription that names it',
      () => {
        a.debits.subscriptions.push({
          id: 'SB1', status: 'active', mandateId: 'MD1', currency: 'GBP', upcoming: [], metadata: OF_A,
        }); // prettier-ignore
        a.debits.addDebit('PM9', 'MD1', { subscriptionId: 'SB1' });
      },
    ],
  ])('%s is not booked in B', async (_name, make) => {
    make();
    const debit = a.debits.debits.get('PM9');
    if (debit !== undefined)
      a.debits.debits.set('PM9', { ...debit, amount: { minor: 12_000n, currency: 'GBP' } });
    a.debits.move('PM9', 'confirmed');
    expect(await b.see(changed('PM9'))).toMatchObject({ state: 'skipped', because: 'of-another-business' });
    expect(b.books.paymentsOf('1')).toEqual([]);
    expect(open(b)).toEqual([]);
  });

  test('a person who matched it in B is believed', async () => {
    a.debits.addDebit('PM9', 'MD1', { amount: { minor: 500n, currency: 'GBP' }, status: 'confirmed' });
    await b.see(changed('PM9'));
    const [review] = b.store.reviewRows();
    a.debits.addDebit('PM9', 'MD1', {
      amount: { minor: 500n, currency: 'GBP' },
      status: 'confirmed',
      metadata: OF_A,
    });
    await b.store.answer(review?.id ?? '', { action: 'match', invoiceId: '1', note: 'n', by: 'mira' });
    await b.settle();
    expect(b.books.paymentsOf('1')).toHaveLength(1);
  });

  test('a mandate that names A is not debited for B', async () => {
    a.debits.addMandate('MD1', 'CU1', { metadata: OF_A });
    await b.see(invoiceChanged);
    expect(a.debits.all()).toEqual([]);
    expect(b.store.reviewRows()).toMatchObject([
      {
        kind: 'no_mandate',
        reasons: [
          expect.stringMatching(/mandate MD1 of customer CU1 is not ours to debit: .*ACC1, ours is ACC2/),
          expect.anything(),
          expect.anything(),
        ],
      },
    ]);
    await a.see(invoiceChanged);
    expect(a.debits.all()).toHaveLength(1);
  });

  test('a subscription that names A does not stand in for a debit of B', async () => {
    const upcoming = [{ chargeDate: '2026-11-20', amountMinor: 12_000n }];
    a.debits.subscriptions.push({
      id: 'SB1',
      status: 'active',
      mandateId: 'MD1',
      currency: 'GBP',
      upcoming,
      metadata: OF_A,
    });
    await b.see(invoiceChanged);
    expect(a.debits.all()).toMatchObject([{ metadata: { freshbooks_account_id: 'ACC2' } }]);
    await a.see(invoiceChanged);
    expect(a.debits.all()).toHaveLength(1);
    expect(a.store.collectionRows()).toMatchObject([{ origin: 'subscription', scheduleId: 'SB1' }]);
  });
});

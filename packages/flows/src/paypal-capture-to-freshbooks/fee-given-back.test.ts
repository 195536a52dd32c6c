import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent, PaypalTransaction, Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const accounts = {
  feeExpenseCategoryId: 77,
  staffId: 1,
  bankAccountUuid: null,
  clearingAccountUuid: null,
  feeAccountUuid: null,
};
const TOO_HIGH =
  'PayPal gave back GBP 0.30 of its fee for payment CAP1: the FreshBooks expense 5000 of GBP 3.20 (2026-11-04) is too high ' +
  'by that much; lower it to GBP 2.90, less what came back of this fee before.';
/** Five hours before the world's time. */
const ROW: PaypalTransaction = {
  id: 'GONE1',
  referenceId: 'CAP1',
  eventCode: 'T1107',
  amount: gbp(-10_000n),
  fee: gbp(30n),
  status: 'S',
  initiatedAt: '2026-11-05T04:00:00.000Z',
  updatedAt: '2026-11-05T04:00:00.000Z',
  payerEmail: null,
  references: [],
  ordinal: 0,
};
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
const refunded = { kind: 'refund-changed', refundId: 'REF1', captureId: 'CAP1' } as const;

let world: FlowWorld;

/** CAP1 of GBP 100.00 is booked on invoice 1; its fee of GBP 3.20 is expense 5000 where the policy says so. */
async function begin(policy: Partial<Policy> = { paypalFees: 'expense' }): Promise<void> {
  world = new FlowWorld(FLOWS, { accounts, ...policy });
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-001' });
  world.captures.addCapture('CAP1', 'payer@client.test');
  await world.see(captured);
}

/** PayPal has this refund of GBP 100.00, with this much of the fee in it. */
function giveBack(feeMinor: bigint | null, status = 'completed', id = 'REF1'): void {
  const fee = feeMinor === null ? null : gbp(feeMinor);
  const createdAt = '2026-11-05T08:00:00Z';
  world.captures.refunds.set(id, { id, captureId: 'CAP1', amount: gbp(10_000n), fee, status, createdAt });
}

const refundRow = (changes: Partial<PaypalTransaction> = {}): DomainEvent => {
  const row = { ...ROW, ...changes };
  return { kind: 'refund-changed', refundId: row.id, captureId: row.referenceId, row };
};
const feeRow = (changes: Partial<PaypalTransaction> = {}): DomainEvent => ({
  kind: 'balance-moved',
  transaction: { ...ROW, id: 'FEE1', eventCode: 'T1109', amount: gbp(30n), fee: null, ...changes },
});
const open = () => world.store.reviewRows().filter(({ state }) => state === 'open');
const done = async () => {
  await world.store.answer(open()[0]?.id ?? '', { action: 'done', note: 'seen', by: 'finance' });
  await world.settle();
};

describe('paypalFees: expense', () => {
  beforeEach(() => begin());

  test('a refund that gives a part of the fee back says what the expense has to be', async () => {
    giveBack(30n);
    for (let times = 0; times < 2; times += 1) await world.see(refunded);
    expect(open()).toMatchObject([{ kind: 'refund', subject: { type: 'refund', id: 'REF1' } }]);
    expect(open()[0]?.reasons).toContain(TOO_HIGH);
    await done();
    await world.see(refunded);
    expect(open()).toEqual([]);
  });

  test.each([0n, null, -1_500n])('a refund that gives none back says nothing of it: %s', async (fee) => {
    giveBack(fee);
    await world.see(refunded);
    expect(open()[0]?.reasons.join(' ')).not.toMatch(/expense/);
  });

  test('the refund was dealt with before its fee was told: asked by itself, once', async () => {
    giveBack(null);
    await world.see(refunded);
    await done();
    giveBack(30n);
    for (let times = 0; times < 2; times += 1) await world.see(refunded);
    expect(open()).toMatchObject([
      {
        kind: 'refund',
        subject: { provider: 'paypal', type: 'transaction', id: 'REF1' },
        amount: gbp(30n),
        reasons: [TOO_HIGH],
      },
    ]);
    await done();
    await world.see(refunded);
    expect(open()).toEqual([]);
  });

  test('pending, dealt with, then completed with its fee', async () => {
    giveBack(null, 'pending');
    await world.see(refunded);
    await done();
    giveBack(30n);
    await world.see(refunded);
    expect(open()[0]?.reasons).toContain(TOO_HIGH);
  });

  test.each(['T1106', 'T1107'])('a row %s that PayPal’s API does not know', async (eventCode) => {
    await world.see(refundRow({ eventCode }));
    expect(open()).toMatchObject([{ kind: 'refund', subject: { type: 'refund', id: 'GONE1' } }]);
    expect(open()[0]?.reasons).toContain(TOO_HIGH);
  });

  test('a chargeback that gives a part of the fee back', async () => {
    await world.see({ kind: 'balance-moved', transaction: { ...ROW, eventCode: 'T1201' } });
    expect(open()).toMatchObject([{ kind: 'chargeback' }]);
    expect(open()[0]?.reasons).toContain(TOO_HIGH);
  });

  test.each(['T1108', 'T1109'])('a fee that comes back alone: %s', async (eventCode) => {
    for (let times = 0; times < 2; times += 1) await world.see(feeRow({ eventCode }));
    expect(open()).toMatchObject([
      {
        kind: 'refund',
        subject: { provider: 'paypal', type: 'transaction', id: 'FEE1' },
        amount: gbp(30n),
        reasons: [TOO_HIGH],
      },
    ]);
    expect(world.store.ledgerRows().filter(({ source }) => source.id === 'FEE1')).toHaveLength(1);
    await done();
    await world.see(feeRow({ eventCode }));
    expect(open()).toEqual([]);
  });

  test('a fee that comes back and names no payment is said all the same', async () => {
    await world.see(feeRow({ referenceId: null }));
    expect(open()[0]?.reasons).toEqual([
      'PayPal gave back GBP 0.30 of a fee (transaction FEE1) and does not say of which payment: the FreshBooks expense ' +
        'of that fee is too high by that much; lower it by GBP 0.30.',
    ]);
  });

  test('a fee that names a refund is of the refund’s payment', async () => {
    giveBack(0n);
    await world.see(refunded);
    await done();
    await world.see(feeRow({ referenceId: 'REF1' }));
    expect(open()[0]?.reasons).toEqual([TOO_HIGH]);
  });

  test('a fee that is taken once more, or is pending, says nothing', async () => {
    await world.see(feeRow({ amount: gbp(-30n) }));
    await world.see(feeRow({ id: 'FEE2', status: 'P' }));
    expect(open()).toEqual([]);
  });

  test.each([
    [320n, /; delete it\.$/],
    [321n, /; lower it by GBP 3\.21\.$/],
  ])('all of it, or more than was booked: %s', async (minor, end) => {
    await world.see(feeRow({ amount: gbp(minor) }));
    expect(open()[0]?.reasons).toEqual([expect.stringMatching(end)]);
  });
});

test('the fee is not booked yet: said, so that it is booked lower', async () => {
  world = new FlowWorld(FLOWS, { accounts, paypalFees: 'expense' });
  world.captures.addCapture('CAP1', 'stranger@else.test');
  await world.see(captured);
  giveBack(30n);
  await world.see(refunded);
  expect(open().find(({ kind }) => kind === 'refund')?.reasons).toContain(
    'PayPal gave back GBP 0.30 of its fee for payment CAP1. No FreshBooks expense of that fee was booked so far; once one ' +
      'stands, lower it by GBP 0.30.',
  );
});

test('paypalFees: none: nothing is said', async () => {
  await begin({ paypalFees: 'none' });
  giveBack(30n);
  await world.see(refunded);
  expect(open()[0]?.reasons.join(' ')).not.toMatch(/expense/);
  await done();
  for (const referenceId of ['CAP1', null]) await world.see(feeRow({ referenceId }));
  expect(open()).toEqual([]);
});

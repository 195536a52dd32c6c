import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent, PaypalTransaction, Policy } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerBalances, ledgerProblems } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';
import { reverseByHand } from '../by-person/reverse-by-hand.ts';

const CLEARING = 'assets:clearing:paypal';
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
const refunded = { kind: 'refund-changed', refundId: 'REF1', captureId: null } as const;
const ROW: PaypalTransaction = {
  id: 'TXN1',
  referenceId: null,
  eventCode: 'T0400',
  amount: gbp(-5_000n),
  fee: null,
  status: 'S',
  initiatedAt: '2026-11-04T23:30:00.000Z',
  updatedAt: '2026-11-04T23:30:00.000Z',
  payerEmail: null,
  references: [],
  ordinal: 0,
};
const COLLECTED = {
  '2026-11-04 collection assets:clearing:paypal GBP': 10_000,
  '2026-11-04 collection assets:receivables GBP': -10_000,
  '2026-11-04 fee assets:clearing:paypal GBP': -320,
  '2026-11-04 fee expenses:fees:paypal GBP': 320,
};
const ASIDE = {
  '2026-11-04 fee assets:clearing:paypal GBP': -320,
  '2026-11-04 fee expenses:fees:paypal GBP': 320,
  '2026-11-04 unallocated assets:clearing:paypal GBP': 10_000,
  '2026-11-04 unallocated liabilities:unallocated GBP': -10_000,
};
const REFUNDED = {
  '2026-11-05 fee assets:clearing:paypal GBP': 80,
  '2026-11-05 fee expenses:fees:paypal GBP': -80,
  '2026-11-05 refund assets:clearing:paypal GBP': -2_500,
  '2026-11-05 refund assets:receivables GBP': 2_500,
};

/** Client 7 with invoice 1 (INV-001) of GBP 100.00. */
function newWorld(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-001' });
  return world;
}

function addRefund(world: FlowWorld, status = 'completed'): void {
  const facts = { amount: gbp(2_500n), fee: gbp(80n), createdAt: '2026-11-05T08:00:00Z' };
  world.captures.refunds.set('REF1', { id: 'REF1', captureId: 'CAP1', status, ...facts });
}

async function answer(
  world: FlowWorld,
  kind: string,
  action: 'match' | 'done',
  invoiceId?: string,
): Promise<void> {
  const review = world.store.reviewRows().find((one) => one.state === 'open' && one.kind === kind);
  const said = { action, note: 'seen', by: 'finance', ...(invoiceId === undefined ? {} : { invoiceId }) };
  await world.store.answer(review?.id ?? '', said);
  await world.settle();
}

let world: FlowWorld;
beforeEach(() => {
  world = newWorld();
});

describe('a capture', () => {
  test.each(['none', 'expense'] as const)('gross and fee, with paypalFees: %s', async (paypalFees) => {
    const accounts = {
      feeExpenseCategoryId: 77,
      staffId: 1,
      bankAccountUuid: null,
      clearingAccountUuid: null,
      feeAccountUuid: null,
    };
    world = newWorld({ paypalFees, accounts });
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    expect(world.store.ledgerRows().map(({ key }) => key.split(':')[0])).toEqual(['collection', 'fee']);
  });

  test('dated by the business’s own calendar', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { createdAt: '2026-11-05T00:30:00+02:00' });
    await world.see(captured);
    expect(world.store.ledgerRows()).toMatchObject([{ date: '2026-11-04' }, { date: '2026-11-04' }]);
  });

  test('pending, declined or paid to somebody else: nothing', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { status: 'pending', fee: null });
    await world.see(captured);
    world.captures.addCapture('CAP1', 'payer@client.test', { merchantId: 'SOMEBODY' });
    await world.see(captured);
    expect(world.store.ledgerRows()).toEqual([]);
  });

  test('in review: unallocated; matched: as if it had been at once', async () => {
    world.captures.addCapture('CAP1', 'stranger@else.test');
    await world.see(captured);
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(ASIDE);
    await answer(world, 'unmatched_payment', 'match', '1');
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('more than is outstanding, or left by a person: unallocated as well', async () => {
    world.captures.addCapture('CAP1', null, { references: ['INV-001'], amount: gbp(10_000n) });
    world.books.payByHand('1', gbp(4_000n));
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(ASIDE);
    await answer(world, 'overpayment', 'done');
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(ASIDE);
  });

  test('of a pair that fits each other, each is moved to its invoice', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002', createdDate: '2026-11-03' });
    world.captures.addCapture('CAP1', 'payer@client.test', { createdAt: '2026-11-04T10:00:00Z' });
    await world.see(captured);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(-10_000);
    world.captures.addCapture('CAP2', 'payer@client.test', { createdAt: '2026-11-04T12:00:00Z' });
    await world.see({ kind: 'capture-changed', captureId: 'CAP2' });
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(0);
    expect(accountBalance(world.store, CLEARING)).toBe(2 * (10_000 - 320));
  });

  test('booked before there was a ledger: written with the next event', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    world.store.forgetLedger();
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
  });

  test('a closed month: in the first open one, with its own day', async () => {
    world.store.closeMonth('2026-11');
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    const dated = { date: '2026-12-01', factDate: '2026-11-04' };
    expect(world.store.ledgerRows()).toMatchObject([dated, dated]);
  });

  test('from before go-live: out of the opening balance, its fee is in there', async () => {
    world = newWorld({ collectFrom: '2026-11-05' });
    world.captures.addCapture('CAP1', 'payer@client.test');
    world.captures.addCapture('CAP2', 'stranger@else.test');
    await world.see(captured);
    await world.see({ kind: 'capture-changed', captureId: 'CAP2' });
    expect(ledgerBalances(world.store)).toEqual({
      '2026-11-04 collection assets:receivables GBP': -10_000,
      '2026-11-04 collection equity:opening GBP': 10_000,
    });
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

describe('found in the books, not booked by us', () => {
  beforeEach(async () => {
    world.books.payByHand('1', gbp(10_000n), 'paypal CAP1');
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
  });

  test('is collected all the same, once', async () => {
    await world.see(captured);
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    expect(world.store.ledgerRows()[0]).toMatchObject({
      key: 'collection:found:paypal:CAP1',
      invoiceId: '1',
      postingKey: null,
    });
  });

  test('deleted there, asked about, and entered again: the money is held once at any time', async () => {
    const [payment] = world.books.payments;
    for (let round = 0; round < 2; round += 1) {
      await world.books.deletePayment(payment?.id ?? '');
      world.books.change('1', { amount: gbp(20_000n + BigInt(round)) });
      await world.see(captured);
      expect(ledgerBalances(world.store)).toEqual(ASIDE);
      world.books.payments[0] = { ...world.books.payments[0], deleted: false } as never;
      await world.see(captured);
      expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    }
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('deleted there and booked by us instead', async () => {
    await world.books.deletePayment(world.books.payments[0]?.id ?? '');
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/mlc:/) }]);
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

describe('refunds', () => {
  test('with the part of the fee that came back, under an id of their own', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { status: 'partially_refunded' });
    addRefund(world);
    await world.see(refunded);
    await world.see(refunded);
    expect(ledgerBalances(world.store)).toEqual({ ...COLLECTED, ...REFUNDED });
    const source = { provider: 'paypal', type: 'refund', id: 'REF1' };
    expect(world.store.ledgerRows().filter(({ date }) => date === '2026-11-05')).toMatchObject([
      { key: 'refund:paypal:REF1', source },
      { key: 'fee:paypal:REF1', source },
    ]);
  });

  test('only once they are completed', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    for (const status of ['pending', 'failed', 'cancelled']) {
      addRefund(world, status);
      await world.see(refunded);
      expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    }
    addRefund(world);
    await world.see(refunded);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320 - 2_500 + 80);
  });

  test('of money on no invoice use up the unallocated, and count on the invoice it is matched with', async () => {
    world.captures.addCapture('CAP1', 'stranger@else.test', { status: 'partially_refunded' });
    addRefund(world);
    await world.see(refunded);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(-7_500);
    expect(accountBalance(world.store, 'assets:receivables')).toBe(0);
    await answer(world, 'unmatched_payment', 'match', '1');
    expect(ledgerBalances(world.store)).toEqual({ ...COLLECTED, ...REFUNDED });
  });

  test('of another merchant’s payment, or from before go-live, are none of ours', async () => {
    world.captures.addCapture('CAP1', null, { merchantId: 'SOMEBODY' });
    addRefund(world);
    expect(await world.see(refunded)).toMatchObject({
      reason: expect.stringMatching(/names another PayPal merchant/),
    });
    expect(world.store.ledgerRows()).toEqual([]);
    world = newWorld({ collectFrom: '2026-11-10' });
    world.captures.addCapture('CAP1', 'stranger@else.test');
    addRefund(world);
    await world.see(refunded);
    expect(world.store.ledgerRows()).toEqual([]);
  });

  test('a reversed sale told without its id: the event is about the sale itself', async () => {
    world.captures.addCapture('SALE1', 'payer@client.test', { status: 'reversed' });
    const event = { kind: 'refund-changed', refundId: 'SALE1', captureId: null } as const;
    expect(await world.see(event)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/took back payment SALE1/),
    });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(ledgerBalances(world.store)).toEqual(COLLECTED);
    expect(world.store.reviewRows()).toMatchObject([{ kind: 'refund', subject: { id: 'SALE1' } }]);
  });

  test('a refund that names nothing, of nothing known', async () => {
    const event = { kind: 'refund-changed', refundId: 'REF9', captureId: null } as const;
    expect(await world.see(event)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/no refund REF9/),
    });
  });
});

describe('rows of Transaction Search', () => {
  const seen = (changes: Partial<PaypalTransaction>): DomainEvent => ({
    kind: 'balance-moved',
    transaction: { ...ROW, ...changes },
  });

  test('a withdrawal goes to the bank, with its fee', async () => {
    await world.see(seen({ fee: gbp(-25n) }));
    await world.see(seen({ fee: gbp(-25n), status: 'V' }));
    expect(ledgerBalances(world.store)).toEqual({
      '2026-11-04 fee assets:clearing:paypal GBP': -25,
      '2026-11-04 fee expenses:fees:paypal GBP': 25,
      '2026-11-04 payout assets:bank GBP': 5_000,
      '2026-11-04 payout assets:clearing:paypal GBP': -5_000,
    });
  });

  test('both sides of an exchange, each in its currency', async () => {
    await world.see(seen({ eventCode: 'T0200', id: 'X1' }));
    await world.see(seen({ eventCode: 'T0200', id: 'X2', amount: { minor: 5_800n, currency: 'EUR' } }));
    expect(accountBalance(world.store, CLEARING)).toBe(-5_000);
    expect(accountBalance(world.store, CLEARING, 'EUR')).toBe(5_800);
    expect(world.store.ledgerRows()).toMatchObject([
      { kind: 'movement', source: { id: 'X1' }, debit: 'liabilities:unallocated' },
      { kind: 'movement', source: { id: 'X2' }, credit: 'liabilities:unallocated' },
    ]);
  });

  test('three holds of one refund share id and code, the legs of an exchange share an id: each counts, once', async () => {
    const rows = [
      ...[-2_000n, 1_500n, 500n].map((minor) => seen({ eventCode: 'T2101', amount: gbp(minor) })),
      seen({ id: 'X1', eventCode: 'T0200', amount: gbp(-1_000n) }),
      seen({ id: 'X1', eventCode: 'T0200', amount: { minor: 1_150n, currency: 'EUR' } }),
      seen({ id: 'X1', eventCode: 'T0200', amount: { minor: 1_150n, currency: 'EUR' }, ordinal: 1 }),
    ];
    for (const row of [...rows, ...rows.toReversed()]) await world.see(row);
    expect(world.store.ledgerRows()).toHaveLength(6);
    expect(accountBalance(world.store, CLEARING)).toBe(-1_000);
    expect(accountBalance(world.store, CLEARING, 'EUR')).toBe(2_300);
  });

  test('two rows of one id are two movements', async () => {
    await world.see(seen({ eventCode: 'T1110' }));
    await world.see(seen({ eventCode: 'T1111', amount: gbp(5_000n) }));
    expect(world.store.ledgerRows()).toHaveLength(2);
    expect(accountBalance(world.store, CLEARING)).toBe(0);
  });

  test.each<[string, Partial<PaypalTransaction>, string, RegExp]>([
    ['pending', { status: 'P' }, 'parked', /PayPal says P/],
    ['denied', { status: 'D' }, 'skipped', /PayPal says D/],
    ['before go-live', { initiatedAt: '2026-10-31T12:00:00.000Z' }, 'skipped', /before go-live/],
  ])('%s: nothing', async (_case, changes, state, reason) => {
    expect(await world.see(seen(changes))).toMatchObject({ state, reason: expect.stringMatching(reason) });
    expect(world.store.ledgerRows()).toEqual([]);
  });

  test('a chargeback that PayPal tells of as a refund too is taken once, in either order', async () => {
    const row = seen({
      id: 'REF1',
      referenceId: 'CAP1',
      eventCode: 'T1201',
      amount: gbp(-2_500n),
      fee: gbp(80n),
    });
    for (const events of [
      [row, refunded],
      [refunded, row],
    ]) {
      world = newWorld();
      world.captures.addCapture('CAP1', 'payer@client.test');
      addRefund(world);
      for (const event of events) await world.see(event);
      expect(ledgerBalances(world.store)).toEqual({ ...COLLECTED, ...REFUNDED });
    }
  });

  test('a chargeback that only the row tells of: its payment is booked first', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(seen({ referenceId: 'CAP1', eventCode: 'T1201', amount: gbp(-10_000n) }));
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(accountBalance(world.store, CLEARING)).toBe(-320);
  });
});

describe('taken back by hand', () => {
  beforeEach(async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    const [posting] = world.store.postingRows();
    await reverseByHand(world.context(), { key: posting?.key ?? '', note: 'not theirs', by: 'finance' });
  });

  test('not booked again by the next event; the money stays', async () => {
    expect(await world.see(captured)).toMatchObject({
      state: 'skipped',
      reason: expect.stringMatching(/took the payment back/),
    });
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(-10_000);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('matched: the next cycle on the invoice that was named', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002' });
    await answer(world, 'unmatched_payment', 'match', '2');
    await world.see(captured);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(world.store.postingRows().filter(({ kind }) => kind === 'payment')).toMatchObject([
      { cycle: 1, state: 'reversed' },
      { cycle: 2, state: 'posted', invoiceId: '2' },
    ]);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(0);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('entered by the person: found, and nothing is left to ask', async () => {
    world.books.payByHand('1', gbp(10_000n), 'CAP1');
    await world.see(captured);
    expect(world.store.reviewRows().filter(({ state }) => state === 'open')).toEqual([]);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(0);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

test('the same events in any order, with repetitions, leave the same balances', async () => {
  const events: DomainEvent[] = [
    captured,
    { kind: 'order-completed', orderId: 'ORDER-CAP1' },
    { kind: 'capture-changed', captureId: 'CAP2' },
    { kind: 'capture-changed', captureId: 'CAP3' },
    refunded,
    { kind: 'refund-changed', refundId: 'REF2', captureId: 'CAP3' },
    { kind: 'balance-moved', transaction: ROW },
    { kind: 'balance-moved', transaction: { ...ROW, id: 'TXN2', eventCode: 'T2101' } },
  ];
  const run = async (order: readonly DomainEvent[]): Promise<Record<string, number>> => {
    const world = newWorld();
    world.books.addInvoice('2', '7', { number: 'INV-002', createdDate: '2026-11-03' });
    world.captures.addCapture('CAP1', 'payer@client.test', { status: 'partially_refunded' });
    world.captures.addCapture('CAP2', 'payer@client.test', { createdAt: '2026-11-04T12:00:00Z' });
    world.captures.addCapture('CAP3', 'stranger@else.test', { amount: gbp(777n), fee: gbp(41n) });
    addRefund(world);
    const second = { id: 'REF2', captureId: 'CAP3', amount: gbp(777n), fee: null, status: 'completed' };
    world.captures.refunds.set('REF2', { ...second, createdAt: '2026-11-05T08:30:00Z' });
    for (const event of order) world.deliver(event);
    await world.settle();
    expect(ledgerProblems(world.store)).toEqual([]);
    return ledgerBalances(world.store);
  };
  const expected = await run(events);
  const orders = fc
    .array(fc.constantFrom(...events), { maxLength: 8 })
    .chain((more) => fc.shuffledSubarray([...events, ...more], { minLength: events.length + more.length }));
  await fc.assert(
    fc.asyncProperty(orders, async (order) => expect(await run(order)).toEqual(expected)),
    { numRuns: 60 },
  );
});

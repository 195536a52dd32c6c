import { beforeEach, describe, expect, test } from '@jest/globals';
import { ASK_AFTER_MS, type CaptureStatus, type DomainEvent, PARK_LIMIT_MS } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const MINUTE_MS = 60_000;
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const completed = { kind: 'capture-changed', captureId: 'CAP1', told: 'completed' } as const;

let world: FlowWorld;
beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-4401', amountMinor: 1_701n });
  world.debits.addCustomer('CU7', 'payer@client.test');
  world.debits.addMandate('MD7', 'CU7');
});

const pay = (facts: { status?: CaptureStatus } = {}) => {
  world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(1_701n), ...facts });
};
const paid = () => world.books.paymentsOf('1').length;
const openKinds = () =>
  world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind }) => kind);

describe('a payment that PayPal tells of and does not show yet', () => {
  test.each([
    ['no such transaction', null],
    ['still pending', 'pending'],
    ['a status nobody knows', 'other'],
  ] as const)('%s at first: booked once, by itself, and not debited as well', async (_case, status) => {
    pay(status === null ? {} : { status });
    const first = status === null ? null : await world.captures.getCapture('CAP1');
    world.captures.faults.answer('getCapture', first, 2);
    pay();
    world.deliver(completed);
    world.deliver({ kind: 'invoice-changed', invoiceId: '1' });
    await world.settle();
    await world.see(completed);
    expect(paid()).toBe(1);
    expect(world.debits.all().filter((debit) => debit.status !== 'cancelled')).toEqual([]);
    expect(openKinds()).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('shown minutes later: booked then', async () => {
    expect(await world.see(completed)).toMatchObject({ state: 'parked', waitingFor: 'provider' });
    pay();
    await world.pass(MINUTE_MS);
    expect(paid()).toBe(1);
    expect(openKinds()).toEqual([]);
  });

  test('shown hours later: asked about meanwhile, booked then, and the question is closed', async () => {
    await world.see(completed);
    await world.pass(ASK_AFTER_MS);
    expect(world.store.reviewRows()).toMatchObject([
      {
        kind: 'unreadable_event',
        state: 'open',
        subject: { provider: 'paypal', type: 'capture', id: 'CAP1' },
        reasons: [expect.stringMatching(/PayPal has no transaction CAP1/), expect.any(String)],
      },
    ]);
    pay();
    await world.pass(ASK_AFTER_MS);
    expect(paid()).toBe(1);
    expect(openKinds()).toEqual([]);
  });

  test('never shown: the question stays', async () => {
    await world.see(completed);
    for (let day = 0; day <= 30; day += 1) await world.pass(PARK_LIMIT_MS / 30);
    await world.pass(MINUTE_MS);
    expect(openKinds()).toEqual(['unreadable_event']);
    expect(world.store.eventRows()).toMatchObject([{ state: 'done' }]);
  });

  test('a pending payment told as pending is no money, and looked at until it ends', async () => {
    pay({ status: 'pending' });
    expect(await world.see({ ...completed, told: 'pending' })).toMatchObject({
      state: 'parked',
      waitingFor: 'pending-payment:1:CAP1',
    });
    pay();
    await world.see(completed);
    await world.pass(MINUTE_MS);
    expect(paid()).toBe(1);
    expect(world.store.eventRows()).toMatchObject([{ state: 'done' }, { state: 'done' }]);
  });

  test.each<[CaptureStatus, CaptureStatus, string]>([
    ['declined', 'declined', 'skipped'],
    ['declined', 'pending', 'parked'],
    ['completed', 'declined', 'parked'],
    ['pending', 'declined', 'skipped'],
  ])('told as %s and shown as %s: %s', async (told, status, state) => {
    pay({ status });
    expect(await world.see({ ...completed, told })).toMatchObject({ state });
    expect(paid()).toBe(0);
  });
});

describe('what leads to payments', () => {
  const order: DomainEvent = { kind: 'order-completed', orderId: 'ORDER-CAP1' };
  const invoice: DomainEvent = { kind: 'paypal-invoice-paid', paypalInvoiceId: 'INV2-CAP1' };

  test.each([
    ['an order that does not exist yet', order, 'paymentsOfOrder', null],
    ['an order without captures yet', order, 'paymentsOfOrder', { ids: [], otherwise: false }],
    ['an invoice that does not exist yet', invoice, 'paymentsOfInvoice', null],
    ['an invoice without transactions yet', invoice, 'paymentsOfInvoice', { ids: [], otherwise: false }],
    ['an order whose capture does not show yet', order, 'getCapture', null],
    ['an invoice whose transaction does not show yet', invoice, 'getCapture', null],
  ])('%s is booked when it shows', async (_case, event, call, answer) => {
    pay();
    world.captures.faults.answer(call, answer, 2);
    await world.see(event);
    expect(paid()).toBe(1);
  });

  test('a transaction that does not show holds up no other of its order', async () => {
    pay();
    world.captures.addCapture('CAP2', null, { orderId: 'ORDER-CAP1', references: ['INV-4401'] });
    world.captures.faults.answer('getCapture', null, 1);
    await world.see(order);
    expect(world.store.eventRows()).toMatchObject([{ state: 'done' }]);
    expect(world.store.ledgerRows().map(({ source }) => source.id)).toEqual(
      expect.arrayContaining(['CAP1', 'CAP2']),
    );
  });

  test.each([
    ['authorised-only', order, 'ORDER-CAP1'],
    ['paid-outside', invoice, 'INV2-CAP1'],
  ] as const)('%s is harmless', async (because, event, id) => {
    world.captures.otherwise.add(id);
    expect(await world.see(event)).toMatchObject({ state: 'skipped', because });
  });
});

describe('money that goes back', () => {
  const refunded = { kind: 'refund-changed', refundId: 'REF1', captureId: 'CAP1' } as const;
  const addRefund = () => {
    const facts = { amount: gbp(701n), fee: null, status: 'completed', createdAt: '2026-11-05T08:00:00Z' };
    world.captures.refunds.set('REF1', { id: 'REF1', captureId: 'CAP1', ...facts });
  };

  test('a refund that does not show yet is asked about when it does', async () => {
    pay({ status: 'partially_refunded' });
    addRefund();
    world.captures.faults.answer('getRefund', null, 2);
    await world.see(refunded);
    expect(openKinds()).toEqual(['refund']);
  });

  test('a refund whose payment does not show yet is asked about at once, and in the ledger after it', async () => {
    addRefund();
    expect(await world.see(refunded)).toMatchObject({ state: 'parked' });
    expect(openKinds()).toEqual(['refund']);
    expect(world.store.ledgerRows()).toEqual([]);
    pay({ status: 'partially_refunded' });
    await world.pass(MINUTE_MS);
    expect(openKinds()).toEqual(['refund']);
    expect(accountBalance(world.store, 'assets:clearing:paypal')).toBe(1_701 - 320 - 701);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('a dispute that does not show yet, and one whose end does not', async () => {
    const facts = { reason: 'UNAUTHORISED', stage: null, amount: gbp(1_701n), captureIds: ['CAP1'] };
    const open = { id: 'PP-D-1', status: 'OPEN', outcome: null, ...facts };
    world.captures.disputes.set('PP-D-1', open);
    world.captures.faults.answer('getDispute', null, 2);
    await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1' });
    expect(openKinds()).toEqual(['dispute']);
    const won = { ...open, status: 'RESOLVED', outcome: 'RESOLVED_SELLER_FAVOUR' };
    world.captures.disputes.set('PP-D-1', won);
    world.captures.faults.answer('getDispute', open, 2);
    await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1', isResolved: true });
    expect(openKinds()).toEqual([]);
  });
});

test('what was recorded before PayPal forgot it needs no second look', async () => {
  pay();
  await world.see(completed);
  world.captures.captures.clear();
  expect(await world.see(completed)).toMatchObject({ state: 'skipped', because: 'recorded-already' });
});

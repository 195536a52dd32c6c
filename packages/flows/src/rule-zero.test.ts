import { describe, expect, test } from '@jest/globals';
import type { Debit, Policy } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from './registry.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;

/** Client 7 with JAN and FEB of GBP 100.00 each, written before go-live; nothing of theirs was collected here. */
function goLive(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'JAN', createdDate: '2026-10-01' });
  world.books.addInvoice('2', '7', { number: 'FEB', createdDate: '2026-10-01' });
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  return world;
}

function addDebit(world: FlowWorld, facts: Partial<Debit> = {}): void {
  world.debits.addDebit('PM00X', 'MD1', { status: 'paid_out', chargeDate: '2026-11-04', ...facts });
}

const debitChanged = { kind: 'debit-changed', debitId: 'PM00X', action: 'paid_out' } as const;

function open(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind }) => kind);
}

/** Nothing but what people entered stands in the books, and nothing is asked. */
function nothingAdded(world: FlowWorld, payments = 1): void {
  expect(world.books.payments.filter(({ deleted }) => !deleted)).toHaveLength(payments);
  expect(world.books.paymentsOf('2')).toEqual([]);
  expect(world.store.postingRows()).toEqual([]);
  expect(open(world)).toEqual([]);
  expect(ledgerProblems(world.store)).toEqual([]);
}

describe('a debit that stands in the books by hand', () => {
  test('on JAN is found there; FEB, of the same client and amount, is not booked', async () => {
    const world = goLive();
    addDebit(world);
    const typed = world.books.payByHand('1', gbp(10_000n), 'Direct debit PM00X', '2026-11-04');
    const result = await world.see(debitChanged);
    nothingAdded(world);
    expect(result).toMatchObject({
      state: 'done',
      reason: `already in the books as payment ${typed.id}, not recorded by us`,
      details: { bookPaymentId: typed.id, invoiceId: '1' },
    });
    expect(world.store.ledgerRows()).toMatchObject([
      { kind: 'collection', invoiceId: '1', note: expect.stringContaining(`payment ${typed.id}`) },
    ]);
    expect(accountBalance(world.store, 'assets:clearing:gocardless')).toBe(10_000);
    expect(world.store.collectionRows()).toMatchObject([
      { invoiceId: '1', invoiceNumber: 'JAN', paymentId: 'PM00X', state: 'paid_out', origin: 'matched' },
    ]);
  });

  test.each<[string, Parameters<FlowWorld['books']['changePayment']>[1]]>([
    ['its order id', { note: 'by hand', orderId: 'PM00X' }],
    ['its transaction id', { note: 'by hand', transactionId: 'pm00x' }],
    ['the note of another tool', { note: '[Sync] GoCardless: PM00X (JAN)' }],
    ['a smaller amount, its fee taken off', { note: 'PM00X', amount: gbp(9_750n) }],
    ['an invoice of another client', { note: 'PM00X', invoiceId: '9' }],
    ['the day it was asked for', { note: 'PM00X', date: '2026-11-03' }],
  ])('is found by %s', async (_how, facts) => {
    const world = goLive();
    world.books.addClient('8', 'other@client.test');
    world.books.addInvoice('9', '8');
    addDebit(world);
    const typed = world.books.payByHand('1', gbp(10_000n), '', '2026-11-04');
    world.books.changePayment(typed.id, facts);
    await world.see(debitChanged);
    nothingAdded(world);
  });

  test('and names FEB itself: found on JAN all the same', async () => {
    const world = goLive();
    addDebit(world, { reference: 'FEB', metadata: { invoice: 'FEB' } });
    world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    await world.see(debitChanged);
    nothingAdded(world);
  });

  test('entered on an invoice it names, long before', async () => {
    const world = goLive();
    world.books.change('1', { amount: gbp(20_000n) });
    addDebit(world, { reference: 'JAN' });
    world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-03-01');
    await world.see(debitChanged);
    nothingAdded(world);
  });

  test.each<[string, Partial<Debit>]>([
    ['its metadata', { metadata: { freshbooks_invoice_id: '2' } }],
    ['a subscription', { subscriptionId: 'SB1' }],
  ])('and %s leads to FEB: found on JAN', async (_how, facts) => {
    const world = goLive();
    addDebit(world, facts);
    world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    await world.see(debitChanged);
    nothingAdded(world);
    const followed = world.store.collectionRows().filter(({ paymentId }) => paymentId === 'PM00X');
    expect(followed).toMatchObject([{ invoiceId: '1', state: 'paid_out' }]);
    expect(world.store.collectionRows().filter(({ invoiceId }) => invoiceId === '2')).not.toContainEqual(
      expect.objectContaining({ endedBy: null }),
    );
  });

  test('linked to FEB as the debit of a subscription: FEB is free again, and is collected', async () => {
    const world = goLive({ collectFrom: '2026-09-01' });
    world.books.addInvoice('3', '7', { number: 'MAR', amountMinor: 7_000n, dueDate: '2026-11-20' });
    const amount = gbp(7_000n);
    addDebit(world, { amount, subscriptionId: 'SB1', status: 'submitted', chargeDate: '2026-11-20' });
    world.debits.subscriptions.push({
      id: 'SB1',
      mandateId: 'MD1',
      status: 'active',
      currency: 'GBP',
      upcoming: [],
    });
    await world.see({ kind: 'invoice-changed', invoiceId: '3' });
    expect(world.store.collectionRows()).toMatchObject([{ invoiceId: '3', paymentId: 'PM00X' }]);
    world.books.payByHand('1', amount, 'PM00X', '2026-11-20');
    world.debits.move('PM00X', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM00X', action: 'confirmed' });
    expect(world.books.paymentsOf('3')).toEqual([]);
    const rows = world.store.collectionRows();
    expect(rows.find(({ paymentId }) => paymentId === 'PM00X')).toMatchObject({ invoiceId: '1' });
    expect(rows.filter(({ invoiceId }) => invoiceId === '3')).toMatchObject([
      { state: 'cancelled', paymentId: null },
      { state: 'pending_submission', origin: 'ours' },
    ]);
  });

  test('and the invoice that it names comes afterwards: that one is collected on its own', async () => {
    const world = goLive({ collectFrom: '2026-09-01' });
    addDebit(world, { description: 'Invoice MAR-0001', status: 'confirmed' });
    world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    world.books.addInvoice('3', '7', { number: 'MAR-0001' });
    await world.see({ kind: 'invoice-changed', invoiceId: '3' });
    expect(world.books.paymentsOf('3')).toEqual([]);
    const rows = world.store.collectionRows();
    expect(rows.find(({ paymentId }) => paymentId === 'PM00X')).toMatchObject({ invoiceId: '1' });
    expect(rows.findLast(({ invoiceId }) => invoiceId === '3')).toMatchObject({ origin: 'ours' });
  });

  test('an entry that was deleted does not stand', async () => {
    const world = goLive();
    addDebit(world, { reference: 'FEB' });
    const typed = world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    world.books.changePayment(typed.id, { deleted: true });
    await world.see(debitChanged);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
  });

  test('a longer id is another debit', async () => {
    const world = goLive();
    addDebit(world, { reference: 'FEB' });
    world.books.payByHand('1', gbp(10_000n), 'PM00X1', '2026-11-04');
    await world.see(debitChanged);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
  });

  test('told again and again, it stays as it is; its payout is explained', async () => {
    const world = goLive();
    addDebit(world);
    world.payouts.addPayout('PO1', 10_000n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM00X' }),
    ]);
    await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
    expect(open(world)).toEqual(['payout_unexplained']);
    world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    for (let times = 0; times < 3; times += 1) await world.see(debitChanged);
    nothingAdded(world);
    expect(world.store.ledgerRows().filter(({ kind }) => kind === 'collection')).toHaveLength(1);
    expect(world.store.collectionRows()).toHaveLength(1);
  });

  test('a debit we asked for, typed onto its own invoice before we booked it', async () => {
    const world = goLive({ collectFrom: '2026-09-01' });
    await world.see({ kind: 'invoice-changed', invoiceId: '1' });
    world.debits.move('PM1', 'confirmed');
    world.books.payByHand('1', gbp(10_000n), 'PM1 via GoCardless', '2026-11-20');
    world.books.faults.calls.length = 0;
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(open(world)).toEqual([]);
    expect(world.books.faults.count('listPaymentsSince')).toBe(0);
  });

  test('money that is lost afterwards is asked about, and out of the ledger; when it comes back, in again', async () => {
    const world = goLive();
    addDebit(world);
    const typed = world.books.payByHand('1', gbp(10_000n), 'PM00X', '2026-11-04');
    await world.see(debitChanged);
    world.debits.move('PM00X', 'charged_back');
    await world.see({ ...debitChanged, action: 'charged_back' });
    expect(world.store.reviewRows()).toMatchObject([
      {
        kind: 'chargeback',
        state: 'open',
        subject: { id: 'PM00X' },
        reasons: [expect.stringMatching(new RegExp(`payment ${typed.id} on invoice JAN`)), expect.anything()],
      },
    ]);
    expect(accountBalance(world.store, 'assets:clearing:gocardless')).toBe(0);
    world.debits.move('PM00X', 'paid_out');
    await world.see(debitChanged);
    nothingAdded(world);
    expect(accountBalance(world.store, 'assets:clearing:gocardless')).toBe(10_000);
  });
});

describe('a PayPal payment that stands in the books by hand', () => {
  test.each([
    ['names FEB', ['FEB']],
    ['fits FEB by payer and amount', []],
  ])('on JAN is found there, though it %s', async (_how, references) => {
    const world = goLive();
    const typed = world.books.payByHand('1', gbp(10_000n), 'PayPal CAP1', '2026-11-04');
    world.captures.addCapture('CAP1', 'payer@client.test', { references });
    expect(await world.see(captured)).toMatchObject({ details: { bookPaymentId: typed.id } });
    nothingAdded(world);
  });

  test('on an invoice of another client', async () => {
    const world = goLive();
    world.books.addClient('8', 'other@client.test');
    world.books.addInvoice('9', '8');
    world.books.payByHand('9', gbp(10_000n), 'cap1', '2026-11-04');
    world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
    await world.see(captured);
    nothingAdded(world);
  });

  test('an entry that was deleted does not stand', async () => {
    const world = goLive();
    const typed = world.books.payByHand('1', gbp(10_000n), 'CAP1', '2026-11-04');
    world.books.changePayment(typed.id, { deleted: true });
    world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
    await world.see(captured);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
  });

  test('our own entry, in a store that was lost, is ours again', async () => {
    const before = goLive();
    before.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
    await before.see(captured);
    const world = goLive();
    Object.assign(world, { books: before.books, captures: before.captures });
    await world.see(captured);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(world.store.postingRows()).toMatchObject([
      { state: 'posted', invoiceId: '2', externalId: world.books.payments[0]?.id },
    ]);
  });
});

describe('a list that was cut off', () => {
  /** So many payments of others that not all of them are read, whatever they are asked by. */
  function crowded(): FlowWorld {
    const world = goLive();
    world.books.addClient('8', 'other@client.test');
    world.books.addInvoice('9', '8', { amountMinor: 900_000n });
    for (let at = 0; at < 4; at += 1)
      world.books.payByHand('9', gbp(10_000n), 'mentions PM00X0 and CAP10', '2026-11-04');
    world.books.readMax = 3;
    return world;
  }

  const money = {
    debit: (world: FlowWorld) => {
      addDebit(world, { reference: 'FEB' });
      return world.see(debitChanged);
    },
    capture: (world: FlowWorld) => {
      world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
      return world.see(captured);
    },
  };

  test.each(['debit', 'capture'] as const)('a %s is asked about instead of booked', async (rail) => {
    const world = crowded();
    await money[rail](world);
    expect(world.books.paymentsOf('2')).toEqual([]);
    expect(world.store.reviewRows()).toMatchObject([
      {
        kind: 'unmatched_payment',
        state: 'open',
        reasons: [expect.stringMatching(/cannot be told whether it stands there already/), expect.anything()],
        candidates: [{ invoiceId: '2' }],
      },
    ]);
    expect(ledgerProblems(world.store)).toEqual([]);
    // A person has looked.
    const [review] = world.store.reviewRows();
    const answer = { action: 'match', note: 'not there', by: 'mira', invoiceId: '2' } as const;
    await world.store.answer(review?.id ?? '', answer);
    await world.settle();
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(open(world)).toEqual([]);
  });

  test.each(['debit', 'capture'] as const)('a %s that is found in it all the same is found', async (rail) => {
    const world = crowded();
    world.books.payments.unshift({
      ...world.books.payByHand('1', gbp(10_000n), 'PM00X, CAP1', '2026-11-04'),
    });
    world.books.payments.pop();
    await money[rail](world);
    expect(world.books.paymentsOf('2')).toEqual([]);
    expect(open(world)).toEqual([]);
  });

  test.each(['debit', 'capture'] as const)(
    'a %s is booked when no note and no entry of its amount can be it',
    async (rail) => {
      const world = crowded();
      world.books.payments.forEach(({ id }) =>
        world.books.changePayment(id, { note: 'another', amount: gbp(1n) }),
      );
      await money[rail](world);
      expect(world.books.paymentsOf('2')).toHaveLength(1);
      expect(open(world)).toEqual([]);
    },
  );
});

describe('calls', () => {
  test('a debit of our own is looked for on its invoice only', async () => {
    const world = goLive({ collectFrom: '2026-09-01' });
    await world.see({ kind: 'invoice-changed', invoiceId: '1' });
    world.debits.move('PM1', 'confirmed');
    world.books.faults.calls.length = 0;
    world.debits.faults.calls.length = 0;
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    expect(world.books.faults.calls).toEqual(['listPayments', 'getInvoice', 'createPayment']);
    expect(world.debits.faults.calls).toEqual(['getDebit']);
  });

  test('a capture that names its invoice', async () => {
    const world = goLive();
    world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
    await world.see(captured);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(world.captures.faults.calls).toEqual(['getCapture']);
    expect(world.books.faults.calls).toEqual(['findInvoicesByNumber', 'listPaymentsSince', 'createPayment']);
  });
});

describe('a list of the account that was cut off', () => {
  /** The list of all entries is, and so is (or not) each of the two that are asked for instead. */
  function cutOff(world: FlowWorld, cut: 'the id' | 'the amount' | 'neither'): void {
    const { books } = world;
    const [since, noted] = [books.listPaymentsSince.bind(books), books.listPaymentsNoted.bind(books)];
    books.listPaymentsSince = async (day, amount) => {
      const read = await since(day, amount);
      return amount === undefined || cut === 'the amount' ? { payments: [], isComplete: false } : read;
    };
    books.listPaymentsNoted = async (text) =>
      cut === 'the id' ? { payments: [], isComplete: false } : noted(text);
  }

  const RAILS: readonly (readonly [string, (world: FlowWorld) => Promise<unknown>])[] = [
    ['a debit that names FEB', (world) => (addDebit(world, { reference: 'FEB' }), world.see(debitChanged))],
    [
      'a debit whose metadata leads to FEB',
      (world) => (addDebit(world, { metadata: { freshbooks_invoice_id: '2' } }), world.see(debitChanged)),
    ],
    [
      'a debit that FEB finds on its mandate',
      (world) => {
        addDebit(world, { reference: 'FEB' });
        world.books.change('2', { createdDate: '2026-11-02' });
        return world.see({ kind: 'invoice-changed', invoiceId: '2' });
      },
    ],
    [
      'a PayPal payment that names FEB',
      (world) => {
        world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
        return world.see(captured);
      },
    ],
    [
      'a PayPal payment that fits by e-mail',
      (world) => {
        world.books.change('1', { amount: gbp(1n) });
        world.captures.addCapture('CAP1', 'payer@client.test');
        return world.see(captured);
      },
    ],
  ];

  test.each(RAILS)('%s is booked only when the narrower lists are whole', async (_what, comes) => {
    for (const cut of ['the id', 'the amount', 'neither'] as const) {
      const world = goLive();
      cutOff(world, cut);
      await comes(world);
      const booked = world.books.paymentsOf('2').length;
      expect([cut, booked, open(world)]).toEqual([
        cut,
        ...(cut === 'neither' ? [1, []] : [0, ['unmatched_payment']]),
      ]);
    }
  });

  test.each(['debit', 'capture'])(
    'the client of the invoice that a %s names is looked through, too: it stands on JAN, less its fee',
    async (rail) => {
      const world = goLive();
      const id = rail === 'debit' ? 'PM00X' : 'CAP1';
      const typed = world.books.payByHand('1', gbp(9_750n), 'by hand', '2026-11-05');
      world.books.changePayment(typed.id, { transactionId: id });
      cutOff(world, 'neither');
      if (rail === 'debit') addDebit(world, { reference: 'FEB' });
      else world.captures.addCapture('CAP1', 'payer@client.test', { references: ['FEB'] });
      await world.see(rail === 'debit' ? debitChanged : captured);
      nothingAdded(world);
    },
  );
});

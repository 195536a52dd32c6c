import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type DebitStatus, type Policy } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerBalances, ledgerProblems, payoutItem } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { recheck } from '../booking/recheck.ts';
import { reverseByHand } from '../by-person/reverse-by-hand.ts';

const CLEARING = 'assets:clearing:gocardless';
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** Invoice 1 of GBP 100.00 is being collected by PM1, charged on 2026-11-20; it is 2026-11-05. */
async function collectingWorld(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  return world;
}

async function becomes(world: FlowWorld, status: DebitStatus, id = 'PM1'): Promise<void> {
  world.debits.move(id, status);
  await world.see({ kind: 'debit-changed', debitId: id, action: status });
}

function kinds(world: FlowWorld): string[] {
  return world.store.ledgerRows().map(({ kind }) => kind);
}

async function answer(
  world: FlowWorld,
  action: 'match' | 'done' | 'retry',
  invoiceId?: string,
): Promise<void> {
  const review = world.store.reviewRows().find(({ state }) => state === 'open');
  const said = { action, note: 'seen', by: 'finance', ...(invoiceId === undefined ? {} : { invoiceId }) };
  await world.store.answer(review?.id ?? '', said);
  await world.settle();
}

async function takeBack(world: FlowWorld): Promise<void> {
  const payment = world.store.postingRows().findLast(({ kind }) => kind === 'payment');
  await reverseByHand(world.context(), { key: payment?.key ?? '', note: 'wrong invoice', by: 'finance' });
}

let world: FlowWorld;
beforeEach(async () => {
  world = await collectingWorld();
});

describe('what is booked', () => {
  test('a payment: clearing against receivables, on the day it was charged', async () => {
    await becomes(world, 'confirmed');
    await becomes(world, 'paid_out');
    const [posting] = world.store.postingRows();
    expect(world.store.ledgerRows()).toEqual([
      {
        key: `collection:${posting?.key ?? ''}`,
        kind: 'collection',
        provider: 'gocardless',
        debit: CLEARING,
        credit: 'assets:receivables',
        amount: gbp(10_000n),
        date: '2026-11-20',
        factDate: '2026-11-20',
        source: { provider: 'gocardless', type: 'payment', id: 'PM1' },
        invoiceId: '1',
        postingKey: posting?.key,
        payoutId: null,
        eventId: expect.any(String),
        note: 'PM1 on invoice 1',
      },
    ]);
    expect(world.store.auditEntries().filter(({ action }) => action === 'ledger.recorded')).toHaveLength(1);
  });

  test('nothing before the policy’s point, and nothing while a person is asked', async () => {
    await becomes(world, 'submitted');
    world.books.change('1', { visibility: 'deleted' });
    await becomes(world, 'confirmed');
    expect(world.store.ledgerRows()).toEqual([]);
  });

  test('a closed month: dated where the books have it, with the day it happened', async () => {
    world.store.closeMonth('2026-11');
    await becomes(world, 'confirmed');
    expect(world.store.ledgerRows()).toMatchObject([{ date: '2026-12-01', factDate: '2026-11-20' }]);
  });

  test('an entry that was found in the books rather than made now', async () => {
    const unclear = { kind: 'outcome-unknown', provider: 'freshbooks', operation: 'createPayment' } as const;
    world.books.faults.fail('createPayment', 'after', new ConnectorError({ ...unclear, message: 'cut' }));
    await becomes(world, 'confirmed');
    expect(kinds(world)).toEqual(['collection']);
  });

  test('an entry that was made twice and taken back once: the money came once', async () => {
    const unclear = { kind: 'outcome-unknown', provider: 'freshbooks', operation: 'createPayment' } as const;
    world.books.faults.fail('createPayment', 'before', new ConnectorError({ ...unclear, message: 'cut' }));
    await becomes(world, 'confirmed');
    const [posting] = world.store.postingRows();
    world.books.change('1', { amount: gbp(20_000n) });
    world.books.payByHand('1', gbp(10_000n), posting?.note);
    await recheck(world.context(), posting?.key ?? '');
    expect(kinds(world)).toEqual(['collection']);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

describe('what is taken back', () => {
  beforeEach(() => becomes(world, 'confirmed'));

  test('dated by GoCardless’ own event, however late it is told', async () => {
    world.debits.steps.push(
      { debitId: 'PM1', action: 'confirmed', at: '2026-11-24T09:00:00.000Z' },
      { debitId: 'PM1', action: 'failed', at: '2026-11-26T23:30:00.000Z' },
    );
    world.advance(60 * 86_400_000);
    await becomes(world, 'failed');
    expect(world.store.ledgerRows().at(-1)).toMatchObject({
      kind: 'reversal',
      debit: 'assets:receivables',
      credit: CLEARING,
      date: '2026-11-26',
      factDate: '2026-11-26',
    });
    expect(accountBalance(world.store, CLEARING)).toBe(0);
  });

  test('in a month that is closed: in the first open one, with the day it happened', async () => {
    world.debits.steps.push({ debitId: 'PM1', action: 'charged_back', at: '2026-11-26T09:00:00.000Z' });
    world.store.closeMonth('2026-11');
    await becomes(world, 'charged_back');
    const booked = { kind: 'reversal', date: '2026-12-01', factDate: '2026-11-26' };
    expect(world.store.ledgerRows().at(-1)).toMatchObject(booked);
  });

  test('failed, retried, confirmed again: three entries, the money is there once', async () => {
    await becomes(world, 'failed');
    await becomes(world, 'pending_submission');
    await becomes(world, 'confirmed');
    expect(kinds(world)).toEqual(['collection', 'reversal', 'collection']);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
  });

  test('the outcome was not known when the money was lost: both entries, or none', async () => {
    for (const strike of ['before', 'after'] as const) {
      world = await collectingWorld();
      const unclear = {
        kind: 'outcome-unknown',
        provider: 'freshbooks',
        operation: 'createPayment',
      } as const;
      world.books.faults.fail('createPayment', strike, new ConnectorError({ ...unclear, message: 'cut' }));
      const create = world.books.createPayment.bind(world.books);
      world.books.createPayment = (payment) => {
        world.debits.move('PM1', 'charged_back');
        return create(payment);
      };
      world.debits.move('PM1', 'confirmed');
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
      expect(kinds(world)).toEqual(strike === 'after' ? ['collection', 'reversal'] : []);
      expect(ledgerProblems(world.store)).toEqual([]);
    }
  });
});

describe('a store from before the ledger', () => {
  beforeEach(async () => {
    await becomes(world, 'confirmed');
    world.store.forgetLedger();
  });

  test('the next event writes what is missing, once', async () => {
    await becomes(world, 'paid_out');
    await becomes(world, 'paid_out');
    expect(kinds(world)).toEqual(['collection']);
    expect(world.store.ledgerRows()).toMatchObject([{ date: '2026-11-20' }]);
  });

  test('also when that event takes the payment back', async () => {
    await becomes(world, 'failed');
    expect(kinds(world)).toEqual(['collection', 'reversal']);
  });

  test('also of what was taken back before', async () => {
    await becomes(world, 'failed');
    world.store.forgetLedger();
    await becomes(world, 'failed');
    expect(kinds(world)).toEqual(['collection', 'reversal']);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

describe('onLateFailure: review', () => {
  beforeEach(async () => {
    world = await collectingWorld({ onLateFailure: 'review' });
    await becomes(world, 'confirmed');
    await becomes(world, 'failed');
  });

  test('nothing while it is asked; retry takes it back', async () => {
    expect(kinds(world)).toEqual(['collection']);
    await answer(world, 'retry');
    expect(kinds(world)).toEqual(['collection', 'reversal']);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('left on its invoice: GoCardless holds it no longer, and the ledger says so', async () => {
    await answer(world, 'done');
    await becomes(world, 'failed');
    await becomes(world, 'failed');
    expect(kinds(world)).toEqual(['collection', 'reversal']);
    expect(accountBalance(world.store, CLEARING)).toBe(0);
    expect(world.store.ledgerRows()[1]).toMatchObject({
      postingKey: null,
      note: expect.stringMatching(/a person left/),
    });
    await becomes(world, 'paid_out');
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

describe('taken back by hand', () => {
  beforeEach(async () => {
    await becomes(world, 'confirmed');
    await takeBack(world);
  });

  test('not booked again by the next events; the money stays in the ledger', async () => {
    expect(await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'changed' })).toMatchObject({
      state: 'skipped',
      reason: expect.stringMatching(/a person took the payment back/),
    });
    await becomes(world, 'paid_out');
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(kinds(world)).toEqual(['collection', 'reversal', 'unallocated']);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('matched: booked on the invoice that was named, as the next cycle', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-2' });
    await answer(world, 'match', '2');
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    const payments = world.store.postingRows().filter(({ kind }) => kind === 'payment');
    expect(payments.map(({ cycle, state, invoiceId }) => [cycle, state, invoiceId])).toEqual([
      [1, 'reversed', '1'],
      [2, 'posted', '2'],
    ]);
    expect(accountBalance(world.store, 'liabilities:unallocated')).toBe(0);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    // And once more: the answer from before does not count.
    world.advance(60_000);
    await takeBack(world);
    await becomes(world, 'paid_out');
    expect(world.books.paymentsOf('2')).toEqual([]);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('left: not asked again, not booked again', async () => {
    await answer(world, 'done');
    await becomes(world, 'paid_out');
    expect(world.store.reviewRows().filter(({ state }) => state === 'open')).toEqual([]);
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('the money is lost after that: gone from the ledger, back when it comes back', async () => {
    await becomes(world, 'charged_back');
    await becomes(world, 'charged_back');
    expect(accountBalance(world.store, CLEARING)).toBe(0);
    await becomes(world, 'paid_out');
    await becomes(world, 'paid_out');
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });
});

test('a foreign payment that was paid out before it is matched: the payout has nothing unexplained left', async () => {
  world.debits.addDebit('PM80', 'MD1', { amount: gbp(7_000n), status: 'paid_out', chargeDate: '2026-11-03' });
  await world.see({ kind: 'debit-changed', debitId: 'PM80', action: 'paid_out' });
  world.payouts.addPayout('PO1', 7_000n, [payoutItem('payment_paid_out', 70_000n, { paymentId: 'PM80' })]);
  await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
  const open = () =>
    world.store
      .reviewRows()
      .filter(({ state }) => state === 'open')
      .map(({ kind }) => kind);
  expect(open()).toEqual(['unmatched_payment', 'payout_unexplained']);
  world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 7_000n });
  await answer(world, 'match', '2');
  expect(open()).toEqual([]);
  expect(ledgerBalances(world.store)).toEqual({
    '2026-11-03 collection assets:clearing:gocardless GBP': 7_000,
    '2026-11-03 collection assets:receivables GBP': -7_000,
    '2026-11-24 payout assets:bank GBP': 7_000,
    '2026-11-24 payout assets:clearing:gocardless GBP': -7_000,
  });
});

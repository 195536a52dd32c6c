import { beforeEach, describe, expect, test } from '@jest/globals';
import { type DomainEvent, type FlowResult, type Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from './registry.ts';
import { reverseByHand } from './by-person/reverse-by-hand.ts';
import { recheck } from './booking/recheck.ts';

const DAY_MS = 86_400_000;
const OBSERVE: Partial<Policy> = { mode: 'observe' };
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const debitChanged = (debitId: string): DomainEvent => ({ kind: 'debit-changed', debitId, action: 'any' });
const captureChanged = (captureId: string): DomainEvent => ({ kind: 'capture-changed', captureId });

/** Client 7 with an active GBP mandate and invoice 1 of GBP 100.00, due 20 November. */
function newWorld(policy: Partial<Policy> = {}): FlowWorld {
  const made = new FlowWorld(FLOWS, policy);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7');
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  return made;
}

const WRITES = /^(create|delete|cancel|request)/;

function written(on: FlowWorld): string[] {
  const calls = [on.books, on.debits, on.captures, on.payouts].flatMap(({ faults }) => faults.calls);
  return calls.filter((call) => WRITES.test(call));
}

const openKinds = (on: FlowWorld): string[] =>
  on.store.reviewRows().flatMap(({ state, kind }) => (state === 'open' ? [kind] : []));

/** It waits for go-live and says what it would do; nothing was sent, and nothing of ours is half done. */
function expectHeld(on: FlowWorld, result: FlowResult, would: RegExp): void {
  expect(result).toMatchObject({ state: 'parked', waitingFor: 'go-live', recheckAt: null });
  expect(result.reason).toMatch(would);
}

async function goLive(on: FlowWorld): Promise<number> {
  const released = await on.setPolicy({ mode: 'live' });
  await on.settle();
  return released;
}

let world: FlowWorld;
beforeEach(() => {
  world = newWorld(OBSERVE);
});

describe('a debit', () => {
  test('is decided and not made, nor planned; going live makes it once', async () => {
    expectHeld(world, await world.see(invoiceChanged), /would debit GBP 100\.00 for invoice INV-1$/);
    expect(written(world)).toEqual([]);
    expect(world.store.collectionRows()).toEqual([]);
    expect(await goLive(world)).toBe(1);
    expect(written(world)).toEqual(['createDebit']);
    expect(world.store.collectionRows()).toMatchObject([{ attempt: 1, paymentId: 'PM1' }]);
  });

  test('is decided anew: what was paid meanwhile is not debited', async () => {
    await world.see(invoiceChanged);
    world.books.payByHand('1', { minor: 10_000n, currency: 'GBP' });
    await goLive(world);
    expect(world.debits.all()).toEqual([]);
  });

  test('is decided anew: of what is outstanding then, after any number of days and without a question', async () => {
    await world.see(invoiceChanged);
    world.advance(40 * DAY_MS);
    world.books.change('1', { amount: { minor: 7_000n, currency: 'GBP' } });
    await goLive(world);
    expect(world.debits.all()).toMatchObject([{ amount: { minor: 7_000n } }]);
    expect(world.store.reviewRows()).toEqual([]);
  });

  test('what stands in the way is asked, and settled when nothing but go-live is waited for', async () => {
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    expect(openKinds(world)).toEqual(['no_mandate']);
    world.debits.addMandate('MD1', 'CU1');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
    expect(openKinds(world)).toEqual([]);
    expect(written(world)).toEqual([]);
    await goLive(world);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('a client with several invoices waits for all of them', async () => {
    world.books.addInvoice('2', '7', { amountMinor: 2_000n });
    expectHeld(world, await world.see({ kind: 'client-changed', clientId: '7' }), /would debit/);
    expect(await goLive(world)).toBe(1);
    expect(world.debits.all()).toHaveLength(2);
  });

  test('a call whose outcome is not known is not repeated while paused', async () => {
    await world.store.transaction((tx) =>
      tx.collections.insert({
        invoiceId: '1',
        invoiceNumber: 'INV-1',
        clientId: '7',
        attempt: 1,
        origin: 'ours',
        paymentId: null,
        mandateId: 'MD1',
        amount: { minor: 10_000n, currency: 'GBP' },
        chargeDate: '2026-11-20',
        wantedDate: null,
        creditorId: null,
        state: 'planned',
        idempotencyKey: 'k1',
        scheduleId: null,
        willAttemptRetry: false,
        calledAt: world.clock.now(),
        endedBy: null,
      }),
    );
    expectHeld(world, await world.see(invoiceChanged), /would debit GBP 100\.00 for invoice INV-1/);
    expect(written(world)).toEqual([]);
    await goLive(world);
    expect(written(world)).toEqual(['createDebit']);
    expect(world.store.collectionRows()).toMatchObject([{ attempt: 1, paymentId: 'PM1' }]);
  });

  test('is not cancelled either: an invoice deleted under it waits', async () => {
    const on = newWorld();
    await on.see(invoiceChanged);
    await on.setPolicy({ mode: 'observe' });
    on.books.change('1', { visibility: 'deleted' });
    expectHeld(on, await on.see(invoiceChanged), /would cancel debit PM1 of GBP 100\.00 for invoice INV-1/);
    expect(on.store.collectionRows()).toMatchObject([{ state: 'pending_submission', endedBy: null }]);
    await goLive(on);
    expect(on.debits.all()).toMatchObject([{ status: 'cancelled' }]);
  });

  test('is not replaced: the other amount waits', async () => {
    const on = newWorld();
    await on.see(invoiceChanged);
    await on.setPolicy({ mode: 'observe' });
    on.books.change('1', { amount: { minor: 12_000n, currency: 'GBP' } });
    expectHeld(on, await on.see(invoiceChanged), /would cancel debit PM1/);
    await goLive(on);
    expect(on.debits.all().map(({ status, amount }) => [status, amount.minor])).toEqual([
      ['cancelled', 10_000n],
      ['pending_submission', 12_000n],
    ]);
  });
});

test('no client is asked for a mandate', async () => {
  const on = newWorld({ mode: 'observe', noMandate: 'request' });
  on.debits.mandates.clear();
  expectHeld(on, await on.see(invoiceChanged), /would ask GoCardless for a page on which Client 7/);
  expect(written(on)).toEqual([]);
  await goLive(on);
  expect(written(on)).toEqual(['requestMandate']);
  expect(openKinds(on)).toEqual(['no_mandate']);
});

describe('a debit under way', () => {
  async function confirmedWhilePaused(policy: Partial<Policy> = {}): Promise<FlowWorld> {
    const on = newWorld(policy);
    await on.see(invoiceChanged);
    await on.setPolicy({ mode: 'observe' });
    on.debits.move('PM1', 'confirmed');
    return on;
  }

  test('is followed, and what would be booked waits', async () => {
    const on = await confirmedWhilePaused();
    expectHeld(
      on,
      await on.see(debitChanged('PM1')),
      /would book GBP 100\.00 of gocardless PM1 on invoice INV-1/,
    );
    expect(on.store.collectionRows()).toMatchObject([{ state: 'confirmed' }]);
    expect(on.store.postingRows()).toEqual([]);
    expect(written(on)).toEqual(['createDebit']);
    await goLive(on);
    expect(on.books.paymentsOf('1')).toHaveLength(1);
  });

  test('is not asked about when the books would not take it anyway: a person sees that at once', async () => {
    const on = await confirmedWhilePaused();
    on.books.change('1', { visibility: 'deleted' });
    await on.see(debitChanged('PM1'));
    expect(openKinds(on)).toEqual(['invoice_missing']);
  });

  test('that fails late is not taken back before go-live', async () => {
    const on = newWorld();
    await on.see(invoiceChanged);
    on.debits.move('PM1', 'confirmed');
    await on.see(debitChanged('PM1'));
    await on.setPolicy({ mode: 'observe' });
    on.debits.move('PM1', 'failed');
    expectHeld(on, await on.see(debitChanged('PM1')), /would take GBP 100\.00 of gocardless PM1 back/);
    expect(on.store.postingRows()).toMatchObject([{ kind: 'payment', state: 'posted' }]);
    await goLive(on);
    expect(on.books.paymentsOf('1')).toEqual([]);
  });
});

describe('a PayPal payment', () => {
  beforeEach(() => {
    world.captures.addCapture('CAP1', null, {
      amount: { minor: 10_000n, currency: 'GBP' },
      references: ['INV-1'],
    });
  });

  test('waits to be booked, and the ledger says where its money is meanwhile', async () => {
    expectHeld(world, await world.see(captureChanged('CAP1')), /would book GBP 100\.00 of paypal CAP1/);
    expect(world.store.postingRows()).toEqual([]);
    expect(world.store.ledgerRows().some(({ source }) => source.id === 'CAP1')).toBe(true);
    await goLive(world);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('of an order with several: each of them', async () => {
    world.books.addInvoice('2', '7', { amountMinor: 2_000n });
    const parts = { CAP1: 10_000n, CAP2: 2_000n };
    for (const [id, minor] of Object.entries(parts))
      world.captures.addCapture(id, null, {
        amount: { minor, currency: 'GBP' },
        references: [`INV-${id.slice(3)}`],
        orderId: 'O1',
      });
    expectHeld(world, await world.see({ kind: 'order-completed', orderId: 'O1' }), /would book GBP/);
    expect(await goLive(world)).toBe(1);
    expect([...world.books.paymentsOf('1'), ...world.books.paymentsOf('2')]).toHaveLength(2);
  });

  test('that is refunded: asked at once, and its own booking waits with the question', async () => {
    world.captures.refunds.set('R1', {
      id: 'R1',
      captureId: 'CAP1',
      amount: { minor: 1_000n, currency: 'GBP' },
      fee: null,
      status: 'completed',
      createdAt: '2026-11-05T10:00:00Z',
    });
    const result = await world.see({ kind: 'refund-changed', refundId: 'R1', captureId: 'CAP1' });
    expectHeld(world, result, /would book GBP 100\.00 of paypal CAP1/);
    expect(openKinds(world)).toEqual(['refund']);
    await goLive(world);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(openKinds(world)).toEqual(['refund']);
  });
});

describe('a payout', () => {
  const payoutPaid: DomainEvent = { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' };
  const accounts = {
    feeExpenseCategoryId: 11,
    staffId: 1,
    bankAccountUuid: 'acct-bank',
    clearingAccountUuid: 'acct-clearing',
    feeAccountUuid: null,
  };

  test('is explained and in the own ledger; its expense and its journal entry wait', async () => {
    const on = newWorld({ mode: 'observe', gocardlessFees: 'expense', payoutEntry: 'journal', accounts });
    const item = { refundId: null, mandateId: null, paymentId: 'PM9', taxTenths: 0n };
    on.payouts.addPayout('PO1', 9_750n, [
      { ...item, type: 'payment_paid_out', amountTenths: 100_000n },
      { ...item, type: 'gocardless_fee', amountTenths: -2_500n },
    ]);
    expectHeld(
      on,
      await on.see(payoutPaid),
      /would book GBP 2\.50 in FreshBooks: GoCardless fees of payout PO1/,
    );
    expect(openKinds(on)).toEqual(['payout_unexplained']);
    expect(on.store.ledgerRows().some(({ payoutId }) => payoutId === 'PO1')).toBe(true);
    expect(on.store.postingRows()).toEqual([]);
    await goLive(on);
    expect(written(on)).toEqual(['createExpense', 'createJournalEntry']);
  });

  test('that writes nothing is booked at once', async () => {
    world.payouts.addPayout('PO1', 0n, []);
    expect((await world.see(payoutPaid)).state).toBe('done');
  });
});

test('a person cannot take a posting back, and is told what to do', async () => {
  const on = newWorld();
  await on.see(invoiceChanged);
  on.debits.move('PM1', 'confirmed');
  await on.see(debitChanged('PM1'));
  await on.setPolicy({ mode: 'observe' });
  const [posting] = on.store.postingRows();
  const wish = { key: posting?.key ?? '', note: 'wrong', by: 'mira' };
  await expect(reverseByHand(on.context(), wish)).rejects.toThrow(
    /acme observes.*mlc go-live --business acme/,
  );
  expect(on.store.postingRows()).toHaveLength(1);
  await on.setPolicy({ mode: 'live' });
  expect(await reverseByHand(on.context(), wish)).toMatchObject({ state: 'posted' });
});

test('a double that a second look finds stays until go-live', async () => {
  const on = newWorld();
  await on.see(invoiceChanged);
  on.debits.move('PM1', 'confirmed');
  await on.see(debitChanged('PM1'));
  const [posting] = on.store.postingRows();
  const key = posting?.key ?? '';
  on.books.payByHand('1', { minor: 10_000n, currency: 'GBP' }, `late · mlc:${key}`);
  await on.store.transaction((tx) => tx.postings.update(key, { recheckAt: on.clock.now() }));
  await on.setPolicy({ mode: 'observe' });
  await expect(recheck(on.context(), key)).rejects.toThrow(/observes/);
  expect(on.store.postingRows()[0]?.recheckAt).not.toBeNull();
  expect(on.store.reviewRows()).toEqual([]);
  await on.setPolicy({ mode: 'live' });
  await recheck(on.context(), key);
  expect(on.books.paymentsOf('1')).toHaveLength(1);
});

import { describe, expect, test } from '@jest/globals';
import type { Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from './registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const debitChanged = { kind: 'debit-changed', debitId: 'PM1', action: 'changed' } as const;
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
const paid = { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' } as const;
const POLICY: Partial<Policy> = {
  gocardlessFees: 'expense',
  paypalFees: 'expense',
  payoutEntry: 'journal',
  accounts: {
    feeExpenseCategoryId: 41,
    staffId: 1,
    bankAccountUuid: '11111111-0000-4000-8000-000000000001',
    clearingAccountUuid: '11111111-0000-4000-8000-000000000002',
    feeAccountUuid: '11111111-0000-4000-8000-000000000003',
  },
};

/** Client 7 with a mandate, and invoices 1 and 2 of GBP 100.00. */
function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS, POLICY);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.books.addInvoice('2', '7', { number: 'INV-002' });
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  return world;
}

/** The database was lost, and the same business file was applied under another name. */
const startedOver = (lost: FlowWorld) => new FlowWorld(FLOWS, POLICY, lost);

describe('an installation that starts over in front of the same accounts', () => {
  test('a debit that waits is adopted, not made a second time', async () => {
    const lost = newWorld();
    await lost.see(invoiceChanged);
    const world = startedOver(lost);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    expect(world.store.collectionRows()).toMatchObject([
      {
        paymentId: 'PM1',
        state: 'pending_submission',
        idempotencyKey: lost.store.collectionRows()[0]?.idempotencyKey,
      },
    ]);
  });

  test('a debit that is booked already is recognised by its note', async () => {
    const lost = newWorld();
    await lost.see(invoiceChanged);
    lost.debits.move('PM1', 'confirmed');
    await lost.see(debitChanged);
    const world = startedOver(lost);
    await world.see(debitChanged);
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.debits.all()).toHaveLength(1);
    expect(world.store.postingRows()).toMatchObject([
      { kind: 'payment', state: 'posted', key: lost.store.postingRows()[0]?.key },
    ]);
  });

  test('a PayPal capture and its fee are booked once', async () => {
    const lost = newWorld();
    lost.captures.addCapture('CAP1', null, { references: ['INV-002'] });
    await lost.see(captured);
    const world = startedOver(lost);
    await world.see(captured);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(world.books.expenses).toHaveLength(1);
  });

  test('the fees and the journal entry of a payout are booked once', async () => {
    const lost = newWorld();
    lost.payouts.addPayout('PO1', 9_750n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM1' }),
    ]);
    await lost.see(paid);
    expect([lost.books.expenses.length, lost.books.journal.length]).toEqual([1, 1]);
    const world = startedOver(lost);
    await world.see(paid);
    expect([world.books.expenses.length, world.books.journal.length]).toEqual([1, 1]);
    expect(world.store.postingRows().map(({ key }) => key)).toEqual(
      lost.store.postingRows().map(({ key }) => key),
    );
  });
});

/** Keys were derived from the business's short name before they were from the account. */
const FORMER = 'f'.repeat(32);

describe('what was recorded under a former key keeps it', () => {
  test('an entry whose outcome is not known is looked for under the key in its note', async () => {
    const world = newWorld();
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'confirmed');
    world.books.payByHand('1', { minor: 10_000n, currency: 'GBP' }, `GoCardless PM1 · mlc:${FORMER}`);
    await intend(world, 'payment', { provider: 'gocardless', id: 'PM1' });
    await world.see(debitChanged);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.store.postingRows()).toMatchObject([{ key: FORMER, state: 'posted', externalId: '1000' }]);
  });

  test('an entry that was refused is tried again under it, and its reversal takes it back', async () => {
    const world = newWorld();
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'confirmed');
    await intend(world, 'payment', { provider: 'gocardless', id: 'PM1' });
    await world.store.transaction((tx) => tx.postings.update(FORMER, { state: 'rejected' }));
    await world.see(debitChanged);
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: `GoCardless PM1 · mlc:${FORMER}` }]);
    world.debits.move('PM1', 'failed');
    await world.see(debitChanged);
    expect(world.store.postingRows()).toMatchObject([
      { key: FORMER, state: 'reversed' },
      { kind: 'reversal', reversesKey: FORMER, state: 'posted' },
    ]);
  });

  test('a fee that stands is not booked again', async () => {
    const world = newWorld();
    world.payouts.addPayout('PO1', 9_750n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM1' }),
    ]);
    await intend(world, 'fee', { provider: 'gocardless', id: 'PO1' });
    await world.store.transaction((tx) =>
      tx.postings.update(FORMER, { state: 'posted', externalId: '4999' }),
    );
    await world.see(paid);
    expect(world.books.expenses).toEqual([]);
  });

  test('a journal entry that stands is not made again', async () => {
    const world = newWorld();
    world.payouts.addPayout('PO1', 9_750n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM1' }),
    ]);
    await intend(world, 'journal', { provider: 'gocardless', id: 'PO1' });
    await world.store.transaction((tx) => tx.postings.update(FORMER, { state: 'posted', externalId: 'J1' }));
    await world.see(paid);
    expect(world.books.journal).toEqual([]);
  });
});

async function intend(
  world: FlowWorld,
  kind: 'payment' | 'fee' | 'journal',
  source: { readonly provider: string; readonly id: string },
): Promise<void> {
  await world.store.transaction((tx) =>
    tx.postings.insertIntent({
      key: FORMER,
      kind,
      invoiceId: kind === 'payment' ? '1' : null,
      invoiceNumber: kind === 'payment' ? 'INV-1' : null,
      source,
      cycle: 1,
      amount: { minor: kind === 'payment' ? 10_000n : 250n, currency: 'GBP' },
      date: '2026-11-20',
      note: '',
      reversesKey: null,
      eventId: '1',
    }),
  );
}

import { beforeEach, expect, test } from '@jest/globals';
import { applyEffects, ConnectorError } from '@mlc/core';
import { FlowWorld, payoutItem } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { settlesPayoutsOf } from './settle-payouts.ts';

let world: FlowWorld;

/** PM9 was made in the dashboard and PM10 by another tool: nobody here knows of them when they are paid out. */
beforeEach(async () => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  const amount = { minor: 5_000n, currency: 'GBP' };
  for (const id of ['PM9', 'PM10']) world.debits.addDebit(id, 'MD1', { status: 'paid_out', amount });
  world.payouts.addPayout('PO1', 10_000n, [
    payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM9' }),
    payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM10' }),
  ]);
  await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
});

const question = () => world.store.reviewRows().find(({ kind }) => kind === 'payout_unexplained');

/** A person says that the debit is for this invoice; the flow books it. */
async function match(debitId: string, invoiceId: string): Promise<void> {
  world.books.addInvoice(invoiceId, '7', { amountMinor: 5_000n, createdDate: '2026-10-01' });
  const debit = world.debits.debits.get(debitId);
  if (debit !== undefined) world.debits.debits.set(debitId, { ...debit, reference: `INV-${invoiceId}` });
  await world.see({ kind: 'debit-changed', debitId, action: 'paid_out' });
}

test('what becomes ours later is asked about no more, and the question ends with the last of it', async () => {
  expect(question()).toMatchObject({ state: 'open', amount: { minor: 10_000n } });
  await match('PM9', '1');
  expect(question()).toMatchObject({ state: 'open', amount: { minor: 5_000n } });
  expect(question()?.reasons.join()).not.toContain('PM9');
  await match('PM10', '2');
  expect(question()).toMatchObject({ state: 'resolved', resolution: { by: 'system', action: 'done' } });
  const unallocated = world.store
    .ledgerRows()
    .filter(({ kind }) => kind === 'unallocated')
    .map(({ key }) => key);
  expect(unallocated).toHaveLength(4);
});

test('a question about a sum that is wrong is left alone', async () => {
  const wrong = [payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM9' })];
  world.payouts.addPayout('PO2', 4_999n, wrong);
  await world.see({ kind: 'payout-changed', payoutId: 'PO2', action: 'paid' });
  await match('PM9', '1');
  const open = world.store.reviewRows().filter(({ state }) => state === 'open');
  expect(open.map(({ subject }) => subject.id).sort()).toEqual(['PO1', 'PO2']);
});

const openOn = (payoutId: string) =>
  world.store.reviewRows().filter(({ state, subject }) => state === 'open' && subject.id === payoutId);

test('our debit is ours however its life went before its making was recorded', async () => {
  const unclear = { kind: 'outcome-unknown', provider: 'gocardless', operation: 'createDebit' } as const;
  world.debits.faults.fail('createDebit', 'after', new ConnectorError({ ...unclear, message: 'no answer' }));
  world.books.addInvoice('3', '7');
  world.payouts.addPayout('PO3', 10_000n, [payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM3' })]);
  world.deliver({ kind: 'invoice-changed', invoiceId: '3' });
  const payoutSeen = world.deliver({ kind: 'payout-changed', payoutId: 'PO3', action: 'paid' });
  await world.settle();
  // The payout was booked while nobody here knew of PM3, and nothing will ever be booked for it: it was charged back.
  expect(world.outcomes.get(payoutSeen.id)).toMatchObject({ reason: expect.stringMatching(/is not ours/) });
  world.debits.move('PM3', 'charged_back');
  await world.see({ kind: 'debit-changed', debitId: 'PM3', action: 'charged_back' });
  expect(world.books.paymentsOf('3')).toEqual([]);
  expect(openOn('PO3')).toEqual([]);
});

test('an instalment is ours once its invoice is known, also when it was charged back by then', async () => {
  world.debits.addDebit('PM60', 'MD1', { instalmentScheduleId: 'IS1', status: 'paid_out' });
  world.payouts.addPayout('PO3', 10_000n, [payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM60' })]);
  await world.see({ kind: 'payout-changed', payoutId: 'PO3', action: 'paid' });
  expect(openOn('PO3')).toHaveLength(1);
  world.books.addInvoice('3', '7');
  expect(await world.see({ kind: 'invoice-changed', invoiceId: '3' })).toMatchObject({
    reason: expect.stringMatching(/^collected by instalment/),
  });
  expect(openOn('PO3')).toEqual([]);
});

test('a payment in no payout, and one nobody asks about, change nothing', async () => {
  const before = world.store.reviewRows();
  await world.store.transaction((tx) => applyEffects(tx, [settlesPayoutsOf('PM-nobody')]));
  expect(world.store.reviewRows()).toEqual(before);
});

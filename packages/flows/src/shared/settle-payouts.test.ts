import { beforeEach, expect, test } from '@jest/globals';
import { FlowWorld, payoutItem } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { settlePayoutsOf } from './settle-payouts.ts';

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

test('a payment in no payout, and one nobody asks about, change nothing', async () => {
  const before = world.store.reviewRows();
  await world.store.transaction((tx) => settlePayoutsOf(tx, 'PM-nobody'));
  expect(world.store.reviewRows()).toEqual(before);
});

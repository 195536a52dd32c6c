import { beforeEach, expect, test } from '@jest/globals';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from './registry.ts';

let world: FlowWorld;

beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  world.books.addInvoice('1', '7');
});

/** The calls at the providers while this is done, in their order. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const all = [world.books, world.debits, world.captures].map(({ faults }) => faults.calls);
  for (const calls of all) calls.length = 0;
  await work();
  return all.flat();
}

test('a PayPal payment that names its invoice takes four calls', async () => {
  world.captures.addCapture('CAP1', 'payer@client.test', { references: ['INV-1'] });
  const calls = await callsOf(() => world.see({ kind: 'capture-changed', captureId: 'CAP1' }));
  expect(world.books.paymentsOf('1')).toHaveLength(1);
  expect(calls.toSorted()).toEqual([
    'createPayment',
    'findInvoicesByNumber',
    'getCapture',
    'listPaymentsSince',
  ]);
});

test('one that is found by the payer takes six', async () => {
  world.captures.addCapture('CAP1', 'payer@client.test');
  const calls = await callsOf(() => world.see({ kind: 'capture-changed', captureId: 'CAP1' }));
  expect(world.books.paymentsOf('1')).toHaveLength(1);
  expect(calls.toSorted()).toEqual([
    'createPayment',
    'findClientsByEmail',
    'getCapture',
    'listOpenInvoices',
    'listPaymentsSince',
    'payerEmail',
  ]);
});

test('a debit of ours whose money came takes four', async () => {
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  world.debits.move('PM1', 'confirmed');
  const calls = await callsOf(() =>
    world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' }),
  );
  expect(world.books.paymentsOf('1')).toHaveLength(1);
  expect(calls.toSorted()).toEqual(['createPayment', 'getDebit', 'getInvoice', 'listPayments']);
});

test('an invoice of a client that is known becomes a debit in five', async () => {
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  world.books.addInvoice('2', '7');
  const calls = await callsOf(() => world.see({ kind: 'invoice-changed', invoiceId: '2' }));
  expect(world.debits.all()).toHaveLength(2);
  // The creditors of an account are asked for once and kept by the connector.
  expect(calls.filter((call) => call !== 'listCreditors').toSorted()).toEqual([
    'createDebit',
    'getInvoice',
    'listCustomerDebits',
    'listMandates',
    'listSubscriptions',
  ]);
});

test('the first invoice of a client asks who that is besides, in two calls', async () => {
  await world.see({ kind: 'mandate-changed', mandateId: 'MD1', action: 'active' });
  const calls = await callsOf(() => world.see({ kind: 'invoice-changed', invoiceId: '1' }));
  expect(world.debits.all()).toHaveLength(1);
  expect(calls.filter((call) => call !== 'listCreditors').toSorted()).toEqual([
    'createDebit',
    'getClient',
    'getInvoice',
    'listCustomerDebits',
    'listCustomers',
    'listMandates',
    'listSubscriptions',
  ]);
});

test('an invoice that something was booked on while its payment waited for it is read again', async () => {
  world.captures.addCapture('CAP1', 'payer@client.test', { references: ['INV-1'] });
  world.captures.addCapture('CAP2', 'payer@client.test', { references: ['INV-1'] });
  await world.see({ kind: 'capture-changed', captureId: 'CAP1' });
  world.books.change('1', { amount: { minor: 30_000n, currency: 'GBP' } });
  const calls = await callsOf(() => world.see({ kind: 'capture-changed', captureId: 'CAP2' }));
  expect(world.books.paymentsOf('1')).toHaveLength(2);
  expect(calls).toContain('getInvoice');
});

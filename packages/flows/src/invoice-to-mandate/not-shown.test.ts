import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

let world: FlowWorld;
beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU7', 'payer@client.test');
  world.debits.addMandate('MD7', 'CU7');
});

const live = () => world.debits.all().filter(({ status }) => status !== 'cancelled').length;
const openKinds = () =>
  world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind }) => kind);

describe('FreshBooks', () => {
  test.each([
    ['the invoice', 'getInvoice'],
    ['its client', 'getClient'],
  ])('%s does not show at first: collected when it does', async (_what, call) => {
    world.books.faults.answer(call, null, 2);
    await world.see(invoiceChanged);
    expect(live()).toBe(1);
    expect(openKinds()).toEqual([]);
  });

  test('an invoice that is missing for a moment keeps its debit', async () => {
    await world.see(invoiceChanged);
    world.books.faults.answer('getInvoice', null, 1);
    await world.see(invoiceChanged);
    expect(world.debits.all().map(({ status }) => status)).toEqual(['pending_submission']);
  });

  test('deleted and gone is an answer: its debit is cancelled', async () => {
    await world.see(invoiceChanged);
    world.books.invoices.clear();
    await world.see({ ...invoiceChanged, told: 'deleted' });
    expect(live()).toBe(0);
    expect(await world.see({ ...invoiceChanged, told: 'deleted' })).toMatchObject({
      state: 'skipped',
      because: 'invoice-removed',
    });
  });

  test('deleted and still shown at first: its debit is cancelled when it shows', async () => {
    await world.see(invoiceChanged);
    const before = await world.books.getInvoice('1');
    world.books.change('1', { visibility: 'deleted' });
    world.books.faults.answer('getInvoice', before, 2);
    await world.see({ ...invoiceChanged, told: 'deleted' });
    expect(live()).toBe(0);
  });

  test('sent and still a draft at first: collected when it shows', async () => {
    const draft = await world.books.getInvoice('1');
    world.books.faults.answer('getInvoice', { ...draft, standing: 'draft' }, 2);
    await world.see({ ...invoiceChanged, told: 'sent' });
    expect(live()).toBe(1);
  });

  test('a look that a deletion waits behind does not speak for it', async () => {
    await world.see(invoiceChanged);
    const before = await world.books.getInvoice('1');
    world.books.change('1', { visibility: 'deleted' });
    world.books.faults.answer('getInvoice', before, 1);
    world.deliver(invoiceChanged);
    world.deliver({ ...invoiceChanged, told: 'deleted' });
    await world.settle();
    expect(live()).toBe(0);
  });

  test('a payment that does not show at first', async () => {
    await world.see(invoiceChanged);
    world.books.payByHand('1', { minor: 10_000n, currency: 'GBP' });
    const id = world.books.payments[0]?.id ?? '';
    world.books.faults.answer('getPayment', null, 2);
    await world.see({ kind: 'book-payment-changed', bookPaymentId: id });
    expect(live()).toBe(0);
  });

  test('a deleted payment that shows no more says nothing of its invoice', async () => {
    const event: DomainEvent = { kind: 'book-payment-changed', bookPaymentId: '404', isDeleted: true };
    expect(await world.see(event)).toMatchObject({ state: 'skipped', because: 'payment-removed' });
  });

  test('a client whose one invoice does not show: the others are looked at', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-2' });
    world.books.faults.answer('getInvoice', null, 1);
    world.deliver({ kind: 'client-changed', clientId: '7' });
    await world.settle();
    expect(live()).toBe(2);
    expect(world.store.eventRows()).toMatchObject([{ state: 'done' }]);
  });
});

describe('GoCardless', () => {
  beforeEach(async () => {
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    expect(openKinds()).toEqual(['no_mandate']);
    world.debits.addMandate('MD7', 'CU7');
  });

  test.each([
    ['the mandate', 'getMandate', null],
    ['the mandate as it was before', 'getMandate', 'pending_customer_approval'],
    ['the customer’s list of mandates', 'listMandates', []],
  ])('%s does not show at first: what waits for it runs when it does', async (_what, call, answer) => {
    const older =
      typeof answer === 'string' ? { ...world.debits.mandates.get('MD7'), status: answer } : answer;
    world.debits.faults.answer(call, older, 2);
    await world.see({ kind: 'mandate-changed', mandateId: 'MD7', action: 'active' });
    expect(live()).toBe(1);
    expect(openKinds()).toEqual([]);
  });

  test('a new customer that does not show at first', async () => {
    world.debits.addCustomer('CU8', 'payer@client.test');
    world.debits.addMandate('MD8', 'CU8');
    world.debits.faults.answer('getCustomer', null, 2);
    expect(await world.see({ kind: 'customer-changed', customerId: 'CU8' })).toMatchObject({ state: 'done' });
  });

  test('a customer that was there and is gone was removed', async () => {
    await world.see({ kind: 'customer-changed', customerId: 'CU7' });
    world.debits.customers.clear();
    world.debits.addMandate('MD7', 'CU7', { status: 'cancelled' });
    const removed = { state: 'skipped', because: 'customer-removed' };
    expect(await world.see({ kind: 'customer-changed', customerId: 'CU7' })).toMatchObject(removed);
    const event = { kind: 'mandate-changed', mandateId: 'MD7', action: 'cancelled' } as const;
    for (let times = 0; times < 2; times += 1) expect(await world.see(event)).toMatchObject(removed);
  });

  test.each([
    ['is not there yet', null],
    ['is not fulfilled yet', { customerId: null, mandateId: null }],
  ])('a billing request that %s', async (_case, answer) => {
    world.debits.requests.set('BRQ1', { customerId: 'CU7', mandateId: 'MD7' });
    world.debits.faults.answer('getBillingRequest', answer, 2);
    await world.see({ kind: 'billing-request-fulfilled', billingRequestId: 'BRQ1' });
    expect(live()).toBe(1);
  });

  test('a debit of ours that is missing for a moment is not replaced', async () => {
    await world.see({ kind: 'mandate-changed', mandateId: 'MD7', action: 'active' });
    world.books.change('1', { amount: { minor: 20_000n, currency: 'GBP' } });
    world.debits.faults.answer('getDebit', null, 2);
    await world.see(invoiceChanged);
    expect(world.debits.all().map(({ status, amount }) => [status, amount.minor])).toEqual([
      ['cancelled', 10_000n],
      ['pending_submission', 20_000n],
    ]);
  });
});

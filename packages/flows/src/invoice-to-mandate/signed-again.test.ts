import { beforeEach, describe, expect, test } from '@jest/globals';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const nextInvoice = { kind: 'invoice-changed', invoiceId: '2' } as const;
const DAY_MS = 86_400_000;
const named = (client: string) => ({ freshbooks_account_id: 'ACC1', freshbooks_client_id: client });

/** Client 7 is linked to customer CU1, whose mandate is cancelled after the debit of invoice 1 was made; invoice 2 is new. */
let world: FlowWorld;
beforeEach(async () => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  world.advance(DAY_MS);
  world.debits.addMandate('MD1', 'CU1', { status: 'cancelled' });
  world.books.addInvoice('2', '7');
});

/** The payer went through a public link: another customer, `createdAt` when. */
function signAgain(
  id: string,
  facts: { email?: string; metadata?: Record<string, string>; createdAt?: string } = {},
) {
  const { email = 'Payer@client.test', metadata = {}, createdAt = world.clock.now().toISOString() } = facts;
  world.debits.customers.set(id, { id, email, name: id, metadata, createdAt });
  world.debits.addMandate(`MD-${id}`, id);
}

const questions = () =>
  world.store
    .reviewRows()
    .flatMap(({ state, kind, subject }) => (state === 'open' ? [`${kind} ${subject.id}`] : []));
const mandates = () => world.debits.all().map(({ mandateId }) => mandateId);
const link = async () => (await world.store.clients.linkOf('7'))?.customerId;

describe('a client that signed again as another customer', () => {
  test('is that customer from then on, and the log says so', async () => {
    signAgain('CU2');
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
    expect(await link()).toBe('CU2');
    expect(world.store.auditEntries().find(({ action }) => action === 'client.relinked')).toMatchObject({
      subject: { provider: 'freshbooks', type: 'client', id: '7' },
      details: { customerId: 'CU2', replaces: 'CU1' },
    });
    expect(questions()).toEqual([]);
  });

  test('is collected from by itself once the new mandate is there', async () => {
    await world.see(nextInvoice);
    expect(questions()).toEqual(['no_mandate 2']);
    signAgain('CU2');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD-CU2' });
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
    expect(questions()).toEqual([]);
  });

  test('twice: a person is asked, and the answer holds for the next invoice', async () => {
    signAgain('CU2');
    signAgain('CU3');
    await world.see(nextInvoice);
    expect(questions()).toEqual(['ambiguous_customer 2']);
    const [review] = world.store.reviewRows();
    await world.store.answer(review?.id ?? '', { action: 'match', customerId: 'CU3', note: 'n', by: 'mira' });
    await world.settle();
    world.books.addInvoice('3', '7');
    await world.see({ kind: 'invoice-changed', invoiceId: '3' });
    expect(mandates()).toEqual(['MD1', 'MD-CU3', 'MD-CU3']);
  });

  test('twice, but the metadata of one names the client', async () => {
    signAgain('CU2');
    signAgain('CU3', { metadata: named('7') });
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1', 'MD-CU3']);
  });

  test.each([
    ['without a usable mandate', () => world.debits.addMandate('MD-CU2', 'CU2', { status: 'failed' })],
    ['in another currency', () => world.debits.addMandate('MD-CU2', 'CU2', { currency: 'EUR' })],
    ['of another e-mail', () => signAgain('CU2', { email: 'else@client.test' })],
    ['whose metadata is another client', () => signAgain('CU2', { metadata: named('8') })],
  ])('%s: nothing changes', async (_name, differently) => {
    signAgain('CU2');
    differently();
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1']);
    expect(await link()).toBe('CU1');
    expect(questions()).toEqual(['no_mandate 2']);
  });

  test('as the customer of another client, too: a person is asked', async () => {
    signAgain('CU2');
    await world.store.transaction((tx) => tx.clients.link('8', 'CU2', 'e-mail'));
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1']);
    expect(questions()).toEqual(['ambiguous_customer 2']);
  });

  test('the old mandate works again: it stays', async () => {
    signAgain('CU2');
    world.debits.addMandate('MD1', 'CU1');
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1', 'MD1']);
  });
});

describe('a customer that a person said', () => {
  beforeEach(async () => {
    await world.store.transaction((tx) => tx.clients.link('7', 'CU1', 'by a person (cli)'));
  });

  test('is not followed to one that was there before and was passed over', async () => {
    signAgain('CU2', { createdAt: '2026-02-01T00:00:00.000Z' });
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1']);
    expect(questions()).toEqual(['ambiguous_customer 2']);
  });

  test('is followed to one that signed since', async () => {
    world.advance(DAY_MS);
    signAgain('CU2');
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
  });
});

describe('what the question says helps', () => {
  test('a new customer with the same address', async () => {
    await world.see(nextInvoice);
    expect(world.store.reviewRows()[0]?.reasons).toEqual([
      expect.stringMatching(/customer/),
      'Set up a mandate in GoCardless for customer CU1, or for a new customer with the e-mail address payer@client.test; the ' +
        'invoice is then collected by itself.',
      'If the client is another customer there, match this with that customer (--customer ID), or run mlc clients link --client 7 --customer ID.',
    ]);
  });

  test('matching it with another customer', async () => {
    await world.see(nextInvoice);
    signAgain('CU2', { email: 'boss@client.test' });
    const [review] = world.store.reviewRows();
    await world.store.answer(review?.id ?? '', { action: 'match', customerId: 'CU2', note: 'n', by: 'mira' });
    await world.settle();
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
    expect(await link()).toBe('CU2');
    expect(questions()).toEqual([]);
  });

  test('removing the old customer', async () => {
    signAgain('CU2');
    world.debits.customers.delete('CU1');
    world.debits.mandates.delete('MD1');
    await world.see({ kind: 'customer-changed', customerId: 'CU1' });
    await world.see(nextInvoice);
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
  });

  test('the metadata of a customer with another address', async () => {
    await world.see(nextInvoice);
    signAgain('CU2', { email: 'boss@client.test', metadata: named('7') });
    await world.see({ kind: 'mandate-changed', mandateId: 'MD-CU2' });
    expect(mandates()).toEqual(['MD1', 'MD-CU2']);
  });
});

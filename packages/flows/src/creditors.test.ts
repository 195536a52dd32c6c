import { beforeEach, describe, expect, test } from '@jest/globals';
import { FlowWorld } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from './registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** One GoCardless account with two creditors; client 7 has given a mandate to each. */
let world: FlowWorld;
beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.debits.creditors = [
    { id: 'CR1', name: 'Acme' },
    { id: 'CR2', name: 'Bolt' },
  ];
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1', { creditorId: 'CR1' });
  world.debits.addMandate('MD2', 'CU1', { creditorId: 'CR2', createdAt: '2026-05-01T00:00:00.000Z' });
});

const open = () => world.store.reviewRows().filter(({ state }) => state === 'open');
const debitsOn = () => world.debits.all().map(({ mandateId }) => mandateId);

describe('an account with several creditors', () => {
  test('of which none was chosen: asked before anything is made', async () => {
    await world.see(invoiceChanged);
    expect(debitsOn()).toEqual([]);
    expect(open()).toMatchObject([
      {
        kind: 'no_mandate',
        subject: { id: '1' },
        reasons: [
          expect.stringMatching(/2 creditors, CR1 \(Acme\), CR2 \(Bolt\), and none of them is chosen/),
          expect.stringMatching(/connections\.gocardless\.creditorId/),
        ],
      },
    ]);
  });

  test.each([
    ['CR1', 'MD1'],
    ['CR2', 'MD2'],
  ])('%s chosen: its mandate is debited', async (creditorId, mandateId) => {
    world.debits.creditorId = creditorId;
    await world.see(invoiceChanged);
    expect(debitsOn()).toEqual([mandateId]);
    expect(open()).toEqual([]);
    expect(world.debits.faults.count('listCreditors')).toBe(0);
  });

  test('another one is chosen while a debit waits: it is replaced', async () => {
    world.debits.creditorId = 'CR2';
    await world.see(invoiceChanged);
    world.debits.creditorId = 'CR1';
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { mandateId: 'MD2', status: 'cancelled' },
      { mandateId: 'MD1', status: 'pending_submission' },
    ]);
  });

  test('another one is chosen when it is too late: asked', async () => {
    world.debits.creditorId = 'CR2';
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'submitted');
    world.debits.creditorId = 'CR1';
    await world.see(invoiceChanged);
    expect(debitsOn()).toEqual(['MD2']);
    expect(open()).toMatchObject([
      { reasons: [expect.stringContaining('it goes to creditor CR2, and CR1 is the one that was chosen')] },
    ]);
  });

  test('a client that gave a mandate to another one only has none here, and the question says so', async () => {
    world.debits.creditorId = 'CR1';
    world.debits.mandates.delete('MD1');
    await world.see(invoiceChanged);
    expect(debitsOn()).toEqual([]);
    expect(open()).toMatchObject([
      {
        kind: 'no_mandate',
        reasons: [
          expect.stringMatching(/mandate MD2 .* is of creditor CR2, ours is CR1/),
          expect.anything(),
          expect.anything(),
        ],
      },
    ]);
  });

  test('a mandate is asked for on behalf of the one that was chosen', async () => {
    world = new FlowWorld(FLOWS, { noMandate: 'request' }, world);
    world.debits.creditorId = 'CR1';
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    expect(world.debits.asked).toMatchObject([
      { creditorId: 'CR1', metadata: { freshbooks_account_id: 'ACC1', freshbooks_client_id: '7' } },
    ]);
  });
});

test('an account with one creditor needs none chosen', async () => {
  world.debits.creditors = [{ id: 'CR1', name: 'Acme' }];
  world.debits.mandates.delete('MD2');
  await world.see(invoiceChanged);
  expect(debitsOn()).toEqual(['MD1']);
});

describe('what is another creditor’s', () => {
  beforeEach(() => {
    world.debits.creditorId = 'CR1';
  });

  test('a debit made elsewhere is left', async () => {
    world.debits.addDebit('PM9', 'MD2', { creditorId: 'CR2', status: 'confirmed' });
    const seen = await world.see({ kind: 'debit-changed', debitId: 'PM9', action: 'confirmed' });
    expect(seen).toMatchObject({ state: 'skipped', because: 'of-another-business' });
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('a debit that we made before it was chosen is followed to its end', async () => {
    world.debits.creditorId = 'CR2';
    await world.see(invoiceChanged);
    world.debits.creditorId = 'CR1';
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('a payout is left, sent or bounced', async () => {
    const item = payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM9' });
    world.payouts.addPayout('PO1', 10_000n, [item], { creditorId: 'CR2' });
    expect(await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' })).toMatchObject({
      state: 'skipped',
      because: 'of-another-business',
    });
    expect(world.store.payoutRows()).toEqual([]);
    expect(open()).toEqual([]);
  });
});

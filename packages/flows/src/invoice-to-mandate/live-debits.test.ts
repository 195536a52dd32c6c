import { beforeEach, describe, expect, test } from '@jest/globals';
import { collectionKey, type Debit, type DebitStatus } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { createHash } from 'node:crypto';
import { FLOWS } from '../registry.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const debitChanged = (debitId: string) => ({ kind: 'debit-changed', debitId, action: 'changed' }) as const;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let world: FlowWorld;

/** Client 7 with an active GBP mandate and invoice 1, numbered 0000002, of GBP 100.00, due 20 November. */
function newWorld(): FlowWorld {
  const made = new FlowWorld(FLOWS);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7', { number: '0000002' });
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  return made;
}

function openReviews(on = world): string[] {
  return on.store
    .reviewRows()
    .filter((review) => review.state === 'open')
    .map((review) => review.kind);
}

async function answer(action: 'retry' | 'done', on = world): Promise<void> {
  const review = on.store.reviewRows().find(({ state }) => state === 'open');
  await on.store.answer(review?.id ?? '', { action, note: 'seen', by: 'finance' });
  await on.settle();
}

beforeEach(() => {
  world = newWorld();
});

describe('a payment made in the dashboard waits on the mandate, then the invoice comes', () => {
  test.each<[string, Partial<Debit>]>([
    ['its description is the number', { description: '0000002' }],
    ['its description says it in words', { description: 'Invoice 0000002' }],
    ['its reference is the number', { reference: '0000002' }],
    ['another tool put the number into its metadata', { metadata: { invoice_number: '0000002' } }],
    ['another tool put the id into its metadata', { metadata: { freshbooks_invoice_id: '1' } }],
    ['it is collected far ahead', { description: '0000002', chargeDate: '2027-03-01' }],
    ['it waits for the payer', { description: '0000002', status: 'pending_customer_approval' }],
    ['it is under way', { description: '0000002', status: 'submitted' }],
  ])('%s: linked, no second debit', async (_name, facts) => {
    world.debits.addDebit('PM50', 'MD1', facts);
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/PM50.*linked instead of debited again/),
    });
    expect(world.debits.all().map(({ id }) => id)).toEqual(['PM50']);
    expect(world.store.collectionRows()).toMatchObject([{ invoiceId: '1', paymentId: 'PM50' }]);
    expect(openReviews()).toEqual([]);
    world.debits.move('PM50', 'confirmed');
    await world.see(debitChanged('PM50'));
    expect(world.books.paymentsOf('1')).toMatchObject([{ amount: gbp(10_000n) }]);
  });

  test.each<[string, Partial<Debit>]>([
    ['it does not say what it is for', {}],
    ['it says something else', { description: 'Retainer' }],
    ['it names the invoice with another amount', { description: 'Invoice 0000002', amount: gbp(9_000n) }],
    ['it names several', { description: '0000002/0000003', amount: gbp(20_000n) }],
    ['it failed and will be retried', { status: 'failed' }],
    ['it was confirmed a moment ago', { status: 'confirmed', chargeDate: '2026-11-02' }],
  ])('%s: asked before anything is made', async (_name, facts) => {
    world.debits.addDebit('PM50', 'MD1', facts);
    world.debits.retrying.add('PM50');
    await world.see(invoiceChanged);
    expect(world.debits.all().map(({ id }) => id)).toEqual(['PM50']);
    expect(openReviews()).toEqual(['double_payment_risk']);
    expect(world.store.reviewRows()[0]).toMatchObject({
      subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
      reasons: expect.arrayContaining([expect.stringContaining('PM50')]),
    });
  });

  test.each<[string, Partial<Debit>]>([
    ['it names another invoice', { description: 'Invoice 0000003' }],
    ['its metadata names another invoice', { metadata: { freshbooks_invoice_id: '2' } }],
    [
      'it is of other books',
      { description: '0000002', metadata: { freshbooks_account_id: 'OTHER', freshbooks_invoice_id: '1' } },
    ],
    ['it is of another amount', { amount: gbp(9_000n), description: 'Invoice 10000002' }],
    ['it was cancelled', { description: '0000002', status: 'cancelled' }],
    ['it failed for good', { description: '0000002', status: 'failed' }],
    ['it was paid out long before', { status: 'paid_out', chargeDate: '2026-10-01' }],
  ])('%s: not in the way', async (_name, facts) => {
    world.books.addInvoice('2', '7', { number: '0000003', amountMinor: 20_000n });
    world.debits.addDebit('PM50', 'MD1', facts);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
    expect(openReviews()).toEqual([]);
  });

  test('on another mandate of the client, one that is not usable any more', async () => {
    world.debits.addMandate('MD0', 'CU1', { status: 'consumed', nextPossibleChargeDate: null });
    world.debits.addDebit('PM50', 'MD0', { description: '0000002', status: 'submitted' });
    await world.see(invoiceChanged);
    expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM50', mandateId: 'MD0' }]);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('a payment of one invoice is not taken for the next one of the same amount', async () => {
    world.books.addInvoice('2', '7', { number: '0000003' });
    world.debits.addDebit('PM50', 'MD1', { description: '0000002' });
    await world.see(invoiceChanged);
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.store.collectionRows()).toMatchObject([
      { invoiceId: '1', paymentId: 'PM50' },
      { invoiceId: '2', origin: 'ours' },
    ]);
    expect(openReviews()).toEqual([]);
  });

  test('it was collected before anybody here knew of it: booked at once, and its event changes nothing', async () => {
    world.debits.addDebit('PM50', 'MD1', {
      description: '0000002',
      status: 'paid_out',
      chargeDate: '2026-11-02',
    });
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toMatchObject([{ amount: gbp(10_000n), date: '2026-11-02' }]);
    await world.see(debitChanged('PM50'));
    await world.see(invoiceChanged);
    expect(world.books.payments).toHaveLength(1);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('a person says go: debited; but another payment that comes later is another question', async () => {
    world.debits.addDebit('PM50', 'MD1');
    await world.see(invoiceChanged);
    await answer('retry');
    expect(world.debits.all()).toHaveLength(2);
    expect(openReviews()).toEqual([]);
    // Ours goes back because the invoice is a draft again, and meanwhile somebody makes one more.
    world.books.change('1', { standing: 'draft' });
    await world.see(invoiceChanged);
    world.debits.addDebit('PM60', 'MD1');
    world.books.change('1', { standing: 'open' });
    await world.see(invoiceChanged);
    expect(openReviews()).toEqual(['double_payment_risk']);
    expect(world.debits.all().filter(({ status }) => status === 'pending_submission')).toHaveLength(2);
  });

  test('a person says it is for this invoice: nothing is made, and it is booked when it arrives', async () => {
    world.debits.addDebit('PM50', 'MD1');
    await world.see(invoiceChanged);
    await answer('done');
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    world.debits.move('PM50', 'confirmed');
    await world.see(debitChanged('PM50'));
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('it was typed into the books by hand, on another invoice: not in the way', async () => {
    world.books.addInvoice('2', '7', { number: '0000003' });
    world.debits.addDebit('PM50', 'MD1', { status: 'paid_out', chargeDate: '2026-11-02' });
    world.books.payByHand('2', gbp(10_000n), 'GoCardless PM50');
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
    expect(openReviews()).toEqual([]);
  });

  test('it is cancelled, and only GoCardless tells of it: the invoice is debited', async () => {
    world.debits.addDebit('PM50', 'MD1');
    await world.see(invoiceChanged);
    world.debits.move('PM50', 'cancelled');
    await world.see(debitChanged('PM50'));
    expect(world.debits.all()).toHaveLength(2);
    expect(openReviews()).toEqual([]);
  });

  test('it is cancelled afterwards: the question is over and the invoice is debited', async () => {
    world.debits.addDebit('PM50', 'MD1');
    await world.see(invoiceChanged);
    world.debits.move('PM50', 'cancelled');
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
    expect(openReviews()).toEqual([]);
  });

  test('at most four calls to GoCardless besides looking for the customer', async () => {
    await world.see(invoiceChanged);
    const calls = ['listMandates', 'listCustomerDebits', 'listSubscriptions', 'createDebit', 'listDebits'];
    expect(calls.map((call) => world.debits.faults.count(call))).toEqual([1, 1, 1, 1, 0]);
  });
});

describe('the invoice is debited first, then somebody makes a payment in the dashboard', () => {
  beforeEach(() => world.see(invoiceChanged));

  test.each<[string, Partial<Debit>]>([
    ['that names it', { description: 'Invoice 0000002' }],
    ['that names it with another amount', { description: '0000002', amount: gbp(4_000n) }],
    ['of the same amount', {}],
    ['whose metadata names it', { metadata: { freshbooks_invoice_id: '1' } }],
  ])('%s: asked at once, nothing is cancelled', async (_name, facts) => {
    world.debits.addDebit('PM50', 'MD1', facts);
    await world.see(debitChanged('PM50'));
    expect(openReviews()).toEqual(['double_payment_risk']);
    expect(world.store.reviewRows()[0]?.reasons[0]).toMatch(/PM50.*PM1|PM1.*PM50/);
    expect(world.debits.all().map(({ status }) => status)).toEqual([
      'pending_submission',
      'pending_submission',
    ]);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
  });

  test.each<[string, Partial<Debit>]>([
    ['that names another invoice', { description: '0000003' }],
    ['of another amount that names none', { amount: gbp(4_000n) }],
    ['of other books', { metadata: { freshbooks_account_id: 'OTHER', freshbooks_invoice_id: '1' } }],
  ])('%s: nobody is asked', async (_name, facts) => {
    world.books.addInvoice('2', '7', { number: '0000003', amountMinor: 20_000n });
    world.debits.addDebit('PM50', 'MD1', facts);
    await world.see(debitChanged('PM50'));
    expect(openReviews()).toEqual([]);
  });

  test('its own event comes before the invoice is looked at: linked all the same', async () => {
    const fresh = newWorld();
    fresh.debits.addDebit('PM50', 'MD1', { description: '0000002' });
    await fresh.see(debitChanged('PM50'));
    await fresh.see(invoiceChanged);
    expect(fresh.debits.all()).toHaveLength(1);
    expect(openReviews(fresh)).toEqual([]);
  });

  test('it is confirmed: booked, and ours is cancelled', async () => {
    world.debits.addDebit('PM50', 'MD1', { description: '0000002' });
    await world.see(debitChanged('PM50'));
    world.debits.move('PM50', 'confirmed');
    await world.see(debitChanged('PM50'));
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }, { status: 'confirmed' }]);
  });
});

describe('debits of an earlier installation whose store was lost', () => {
  const metadata = (attempt: number) => ({
    freshbooks_account_id: 'ACC1',
    freshbooks_invoice_id: '1',
    mlc_collection: collectionKey(sha256, 'ACC1', '1', attempt),
  });

  test.each<DebitStatus>(['pending_submission', 'submitted', 'pending_customer_approval'])(
    'one that is %s is followed again',
    async (status) => {
      world.debits.addDebit('PM50', 'MD1', { status, metadata: metadata(1) });
      await world.see(invoiceChanged);
      expect(world.debits.all()).toHaveLength(1);
      expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM50', origin: 'ours', attempt: 1 }]);
      expect(openReviews()).toEqual([]);
    },
  );

  test('its key may be derived in another way: the metadata counts', async () => {
    world.debits.addDebit('PM50', 'MD1', { metadata: { ...metadata(1), mlc_collection: 'an older key' } });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM50', origin: 'ours' }]);
  });

  test('the amount changed since: replaced while it can be', async () => {
    world.debits.addDebit('PM50', 'MD1', { amount: gbp(9_000n), metadata: metadata(1) });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { id: 'PM50', status: 'cancelled' },
      { status: 'pending_submission', amount: gbp(10_000n) },
    ]);
  });

  test('an earlier attempt ended: the newest one counts', async () => {
    world.debits.addDebit('PM50', 'MD1', { status: 'cancelled', amount: gbp(9_000n), metadata: metadata(1) });
    world.debits.addDebit('PM51', 'MD1', {
      metadata: metadata(2),
      createdAt: '2026-11-04T00:00:00.000Z',
    });
    await world.see(invoiceChanged);
    expect(world.store.collectionRows()).toMatchObject([
      { paymentId: 'PM50', attempt: 1, state: 'cancelled' },
      { paymentId: 'PM51', attempt: 2, state: 'pending_submission' },
    ]);
    expect(world.debits.all()).toHaveLength(2);
  });

  test('all of them ended: not repeated by itself', async () => {
    world.debits.addDebit('PM50', 'MD1', { status: 'failed', metadata: metadata(1) });
    await world.see(invoiceChanged);
    expect(openReviews()).toEqual(['not_collected']);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('it was collected and nobody will tell of it any more: booked', async () => {
    world.debits.addDebit('PM50', 'MD1', { status: 'paid_out', metadata: metadata(1) });
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.debits.all()).toHaveLength(1);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type DebitStatus, type Mandate, type Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const DAY_MS = 86_400_000;
const named = (client: string) => ({ freshbooks_account_id: 'ACC1', freshbooks_client_id: client });

/** Client 7 with an active GBP mandate and invoice 1 of GBP 100.00, due 20 November. */
function standardWorld(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'Payer@Client.test');
  world.debits.addMandate('MD1', 'CU1');
  return world;
}

function openReviews(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter((review) => review.state === 'open')
    .map((review) => review.kind);
}

let world: FlowWorld;
beforeEach(() => {
  world = standardWorld();
});

describe('collecting', () => {
  test('a new invoice becomes one debit, due on its due date, told apart by its metadata', async () => {
    const result = await world.see(invoiceChanged);
    expect(result).toMatchObject({ state: 'done', reason: 'debit PM1 of GBP 100.00 on 2026-11-20' });
    const [debit, ...others] = world.debits.all();
    expect(others).toEqual([]);
    expect(debit).toMatchObject({
      amount: { minor: 10_000n, currency: 'GBP' },
      chargeDate: '2026-11-20',
      mandateId: 'MD1',
      description: 'Invoice INV-1',
      metadata: { freshbooks_account_id: 'ACC1', freshbooks_invoice_id: '1' },
    });
    expect(Object.keys(debit?.metadata ?? {})).toHaveLength(3);
    expect(world.store.collectionRows()).toMatchObject([
      { attempt: 1, paymentId: 'PM1', state: 'pending_submission', chargeDate: '2026-11-20' },
    ]);
  });

  test('the same event again, or ten of them, change nothing', async () => {
    for (let round = 0; round < 10; round += 1) world.deliver(invoiceChanged);
    await world.settle();
    expect(await world.see(invoiceChanged)).toMatchObject({
      reason: expect.stringMatching(/already being collected: debit PM1/),
    });
    expect(world.debits.all()).toHaveLength(1);
  });

  test('an event that dies does not take the others on its invoice with it', async () => {
    const hopeless = new ConnectorError({
      kind: 'rejected',
      provider: 'freshbooks',
      operation: 'getInvoice',
      message: 'an answer nobody can read',
    });
    world.books.faults.fail('getInvoice', 'before', hopeless);
    world.deliver(invoiceChanged);
    world.deliver(invoiceChanged);
    await world.settle();
    expect([...world.outcomes.values()]).toEqual([hopeless, expect.objectContaining({ state: 'done' })]);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('due before the mandate allows: as soon as it allows', async () => {
    world.books.change('1', { dueDate: '2026-11-06' });
    await world.see(invoiceChanged);
    expect(world.debits.all()[0]?.chargeDate).toBe('2026-11-12');
  });

  test('the earliest date moves on between reading the mandate and charging it', async () => {
    const late = new ConnectorError({
      kind: 'rejected',
      provider: 'gocardless',
      operation: 'createDebit',
      message: 'must be on or after',
      field: 'charge_date',
    });
    world.debits.faults.fail('createDebit', 'before', late);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([{ chargeDate: '2026-11-12' }]);
  });

  test('an invoice that is not to be collected is left alone, with the reason', async () => {
    world.books.change('1', { standing: 'draft' });
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'skipped',
      reason: 'the invoice is a draft',
    });
    world.store.optOut('client', '7', 'pays by cheque');
    world.books.change('1', { standing: 'open' });
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'skipped',
      reason: 'opted out: pays by cheque',
    });
    expect(world.debits.all()).toEqual([]);
  });

  test('a newer active mandate is chosen, and the choice is on record', async () => {
    world.debits.addMandate('MD2', 'CU1', { createdAt: '2026-06-01T00:00:00.000Z' });
    await world.see(invoiceChanged);
    expect(world.debits.all()[0]?.mandateId).toBe('MD2');
    const planned = world.store.auditEntries().find((entry) => entry.action === 'collection.planned');
    expect(planned?.details).toMatchObject({ mandateWhy: 'newest active of 2 usable GBP mandates' });
  });

  test('a replaced mandate is followed to its successor', async () => {
    world.debits.addMandate('MD1', 'CU1', { status: 'cancelled', newMandateId: 'MD9' });
    world.debits.addMandate('MD9', 'CU-other-listing');
    await world.see(invoiceChanged);
    expect(world.debits.all()[0]?.mandateId).toBe('MD9');
  });
});

describe('the debit under way and the invoice part ways', () => {
  beforeEach(() => world.see(invoiceChanged));

  test('outstanding changed while pending_submission: cancelled, and the new amount is the next attempt', async () => {
    world.books.change('1', { amount: { minor: 12_500n, currency: 'GBP' } });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { status: 'cancelled', amount: { minor: 10_000n } },
      { status: 'pending_submission', amount: { minor: 12_500n } },
    ]);
    expect(world.store.collectionRows()).toMatchObject([
      { attempt: 1, state: 'cancelled', endedBy: 'us' },
      { attempt: 2, state: 'pending_submission' },
    ]);
  });

  test('outstanding changed after submission: a person decides', async () => {
    world.debits.move('PM1', 'submitted');
    world.books.change('1', { amount: { minor: 12_500n, currency: 'GBP' } });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['amount_mismatch']);
    expect(world.debits.all()).toHaveLength(1);
    world.books.change('1', { amount: { minor: 10_000n, currency: 'GBP' } });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual([]);
  });

  test.each<[DebitStatus, RegExp]>([
    ['submitted', /is under way and can no longer be cancelled/],
    ['confirmed', /has been taken from the client already/],
    ['paid_out', /paid out already/],
  ])('what is asked about a %s debit says how it stands', async (status, words) => {
    world.debits.move('PM1', status);
    world.books.change('1', { amount: { minor: 12_500n, currency: 'GBP' } });
    await world.see(invoiceChanged);
    expect(world.store.reviewRows()[0]?.reasons[0]).toMatch(words);
  });

  test.each([
    ['deleted', { visibility: 'deleted' as const }, 'invoice_missing'],
    ['disputed', { standing: 'disputed' as const }, 'dispute'],
    ['draft again', { standing: 'draft' as const }, 'amount_mismatch'],
    ['billed by FreshBooks', { autoBill: true }, 'double_payment_risk'],
  ])('%s: cancelled while that is possible, else a review', async (_name, change, kind) => {
    const late = standardWorld();
    await late.see(invoiceChanged);
    late.debits.move('PM1', 'submitted');
    for (const each of [world, late]) {
      each.books.change('1', change);
      await each.see(invoiceChanged);
    }
    expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    expect(openReviews(world)).toEqual([]);
    expect(openReviews(late)).toEqual([kind]);
  });

  test('paid by hand in FreshBooks: the debit is cancelled, or the risk is shown', async () => {
    const late = standardWorld();
    await late.see(invoiceChanged);
    late.debits.move('PM1', 'submitted');
    for (const each of [world, late]) {
      const payment = each.books.payByHand('1', { minor: 10_000n, currency: 'GBP' });
      await each.see({ kind: 'book-payment-changed', bookPaymentId: payment.id });
    }
    expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    expect(openReviews(late)).toEqual(['double_payment_risk']);
  });

  test('cancelled by us while a draft, collected again when it is sent', async () => {
    world.books.change('1', { standing: 'draft' });
    await world.see(invoiceChanged);
    world.books.change('1', { standing: 'open' });
    await world.see(invoiceChanged);
    expect(world.debits.all().map((debit) => debit.status)).toEqual(['cancelled', 'pending_submission']);
  });

  test('a debit that failed for good is not repeated by the next webhook', async () => {
    world.debits.move('PM1', 'failed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/^review not_collected: Debit PM1 .* failed/),
    });
    expect(world.debits.all()).toHaveLength(1);
    world.debits.addMandate('MD2', 'CU1', { createdAt: '2026-11-05T00:00:00.000Z' });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
  });

  test('a payment taken out of the books by hand is a question, not a second debit', async () => {
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    const [payment] = world.books.paymentsOf('1');
    await world.books.deletePayment(payment?.id ?? '');
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['double_payment_risk']);
    expect(world.debits.all()).toHaveLength(1);
  });
});

describe('customers', () => {
  test('two customers with one e-mail: a person chooses, and the choice is kept', async () => {
    world.debits.addCustomer('CU2', 'payer@client.test');
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['ambiguous_customer']);
    const [review] = world.store.reviewRows();
    expect(review?.reasons.join(' ')).toMatch(/CU1.*CU2/);
    await world.store.answer(review?.id ?? '', {
      action: 'match',
      note: 'spoke to them',
      by: 'finance',
      customerId: 'CU1',
    });
    await world.settle();
    expect(world.debits.all()).toMatchObject([{ mandateId: 'MD1' }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('what was asked before gives way to what has to be asked now', async () => {
    world.books.addClient('8', 'late@client.test');
    world.books.addInvoice('2', '8');
    const changed = { kind: 'invoice-changed', invoiceId: '2' } as const;
    await world.see(changed);
    expect(openReviews(world)).toEqual(['no_mandate']);
    world.debits.addCustomer('CU8', 'late@client.test');
    world.debits.addCustomer('CU9', 'late@client.test');
    await world.see({ kind: 'customer-changed', customerId: 'CU8' });
    await world.see({ kind: 'customer-changed', customerId: 'CU9' });
    await world.see(changed);
    expect(openReviews(world)).toEqual(['ambiguous_customer']);
  });

  test('metadata decides where the e-mail does not', async () => {
    world.books.addClient('8', 'books@client.test');
    world.books.addInvoice('2', '8');
    world.debits.addCustomer('CU8', 'boss@client.test', named('8'));
    world.debits.addMandate('MD8', 'CU8');
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.debits.all()).toMatchObject([{ mandateId: 'MD8' }]);
  });

  test.each([
    ['without the account', { freshbooks_client_id: '7' }],
    ['of other books', { ...named('7'), freshbooks_account_id: 'ACC2' }],
  ])('metadata %s does not count: the e-mail decides', async (_name, metadata) => {
    world.debits.addCustomer('CU2', 'someone@else.test', metadata);
    world.debits.addMandate('MD2', 'CU2');
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([{ mandateId: 'MD1' }]);
  });

  test('the client of one id in other books is not this one', async () => {
    world.books.addClient('8', 'ours@client.test');
    world.books.addInvoice('2', '8');
    world.debits.addCustomer('CU2', 'theirs@else.test', { freshbooks_client_id: '8' });
    world.debits.addMandate('MD2', 'CU2');
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.debits.all()).toEqual([]);
    expect(openReviews(world)).toEqual(['no_mandate']);
    expect(world.store.reviewRows()[0]?.reasons[0]).toContain('freshbooks_account_id = ACC1 beside it');
  });

  test('metadata that the e-mail contradicts is asked about', async () => {
    world.debits.addCustomer('CU2', 'someone@else.test', named('7'));
    world.debits.addMandate('MD2', 'CU2');
    await world.see(invoiceChanged);
    expect(world.debits.all()).toEqual([]);
    expect(openReviews(world)).toEqual(['ambiguous_customer']);
    expect(world.store.reviewRows()[0]?.reasons[0]).toContain(
      'e-mail payer@client.test is that of customer CU1',
    );
  });

  test('so is a customer with the e-mail of another client', async () => {
    world.books.addClient('8', 'ours@client.test');
    world.books.addInvoice('2', '8');
    world.debits.addCustomer('CU2', 'PAYER@client.test', named('8'));
    world.debits.addMandate('MD2', 'CU2');
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.debits.all()).toEqual([]);
    expect(openReviews(world)).toEqual(['ambiguous_customer']);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toEqual([]);
  });

  test('a customer created after the first page-through is found', async () => {
    world.books.addClient('8', 'new@client.test');
    world.books.addInvoice('2', '8');
    await world.see(invoiceChanged);
    const { createdAt } = { createdAt: '2026-11-05T10:00:00.000Z' };
    world.debits.customers.set('CU8', {
      id: 'CU8',
      email: 'new@client.test',
      name: 'New',
      metadata: {},
      createdAt,
    });
    world.debits.addMandate('MD8', 'CU8');
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.debits.all().map((debit) => debit.mandateId)).toEqual(['MD1', 'MD8']);
  });
});

describe('no usable mandate', () => {
  const mandateActive = { kind: 'mandate-changed', mandateId: 'MD1' } as const;
  const approvalPending: Partial<Mandate> = {
    status: 'pending_customer_approval',
    nextPossibleChargeDate: null,
  };

  test('review: asked, and collected by itself when the mandate is there', async () => {
    world.debits.addMandate('MD1', 'CU1', approvalPending);
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/^review no_mandate/),
    });
    expect(openReviews(world)).toEqual(['no_mandate']);
    await world.see(mandateActive);
    expect(world.debits.all()).toEqual([]);
    world.debits.addMandate('MD1', 'CU1');
    await world.see(mandateActive);
    expect(world.debits.all()).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('pause: waits in silence and resumes', async () => {
    world = standardWorld({ noMandate: 'pause' });
    world.debits.mandates.clear();
    expect(await world.see(invoiceChanged)).toMatchObject({ state: 'parked', waitingFor: 'mandate:7' });
    expect(openReviews(world)).toEqual([]);
    world.debits.addMandate('MD1', 'CU1');
    await world.see(mandateActive);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('request: one link per client, handed to the finance team, and the new customer is linked for sure', async () => {
    world = standardWorld({ noMandate: 'request' });
    world.books.addInvoice('2', '7', { amountMinor: 5_000n });
    world.debits.customers.clear();
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    expect(world.debits.faults.count('requestMandate')).toBe(1);
    expect(openReviews(world)).toEqual(['no_mandate', 'no_mandate']);
    const reasons = world.store.reviewRows()[0]?.reasons.join(' ');
    expect(reasons).toMatch('https://pay.gocardless.test/flow?id=BRQ1');

    // The payer typed another address on GoCardless' page: only the billing request tells whose mandate this is.
    world.debits.addCustomer('CU5', 'typed@elsewhere.test');
    world.debits.addMandate('MD5', 'CU5');
    world.debits.requests.set('BRQ1', { customerId: 'CU5', mandateId: 'MD5' });
    await world.see({ kind: 'billing-request-fulfilled', billingRequestId: 'BRQ1' });
    expect(world.debits.all().map((debit) => debit.mandateId)).toEqual(['MD5', 'MD5']);
    expect(openReviews(world)).toEqual([]);
  });

  test('request: one link per currency, and none where no account can be debited', async () => {
    world = standardWorld({ noMandate: 'request' });
    world.books.addInvoice('2', '7', { currency: 'EUR' });
    world.books.addInvoice('3', '7', { currency: 'CHF' });
    world.debits.mandates.clear();
    for (const invoiceId of ['1', '2', '3', '1', '2'])
      await world.see({ kind: 'invoice-changed', invoiceId });
    const links = world.store
      .reviewRows()
      .map(({ reasons }) => /flow[?]id=(\w+)/.exec(reasons.join(' '))?.[1]);
    expect(links).toEqual(['BRQ1', 'BRQ2', undefined]);
    expect(world.store.reviewRows()[2]?.reasons[0]).toMatch(/debits no accounts in CHF/);
    expect(world.debits.faults.count('requestMandate')).toBe(2);
  });

  test('request: an expired link is made anew', async () => {
    world = standardWorld({ noMandate: 'request' });
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    world.advance(8 * DAY_MS);
    await world.see(invoiceChanged);
    expect(world.debits.faults.count('requestMandate')).toBe(2);
  });

  test('a mandate in another currency', async () => {
    world.debits.addMandate('MD1', 'CU1', { currency: 'EUR', scheme: 'sepa_core' });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['currency_mismatch']);
  });

  test('above the mandate’s own limit, and above the scheme’s', async () => {
    world.debits.addMandate('MD1', 'CU1', { maxAmountMinor: 9_999n });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['mandate_limit']);
    world.debits.addMandate('MD1', 'CU1');
    world.debits.maximumMinor = 9_999n;
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['mandate_limit']);
    expect(world.store.reviewRows()[0]?.reasons.join(' ')).toMatch('GBP 99.99');
    world.debits.maximumMinor = 500_000n;
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });
});

describe('retainers GoCardless already collects', () => {
  const upcoming = [{ chargeDate: '2026-11-22' }, { chargeDate: '2026-12-22' }];

  function subscribe(on: FlowWorld, amountMinor = 10_000n): void {
    on.debits.subscriptions.push({
      id: 'SB1',
      status: 'active',
      mandateId: 'MD1',
      currency: 'GBP',
      upcoming: upcoming.map((next) => ({ ...next, amountMinor })),
    });
  }

  test('the next payment of a subscription is linked instead of collected again', async () => {
    subscribe(world);
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/^collected by subscription SB1/),
    });
    expect(world.debits.all()).toEqual([]);
    // GoCardless creates it a few days ahead; it is then booked on the invoice.
    world.debits.addDebit('PM50', 'MD1', {
      subscriptionId: 'SB1',
      chargeDate: '2026-11-22',
      status: 'confirmed',
    });
    await world.see({ kind: 'debit-changed', debitId: 'PM50', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toMatchObject([{ amount: { minor: 10_000n }, date: '2026-11-22' }]);
  });

  test('a payment of a plan that failed and will be retried is linked as well', async () => {
    world.debits.addDebit('PM50', 'MD1', { subscriptionId: 'SB1', status: 'failed' });
    world.debits.retrying.add('PM50');
    await world.see(invoiceChanged);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM50', willAttemptRetry: true }]);
  });

  test('one payment serves one invoice', async () => {
    subscribe(world);
    world.books.addInvoice('2', '7');
    await world.see(invoiceChanged);
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    // November's payment is taken; December's does not fit the second invoice and might collect it all the same.
    expect(world.store.collectionRows()).toMatchObject([{ invoiceId: '1', scheduleId: 'SB1' }]);
    expect(openReviews(world)).toEqual(['double_payment_risk']);
  });

  test('an amount or date that does not fit is a risk, until a person says go', async () => {
    subscribe(world, 9_000n);
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['double_payment_risk']);
    expect(world.debits.all()).toEqual([]);
    const [review] = world.store.reviewRows();
    const answer = {
      action: 'retry' as const,
      note: 'extra work',
      by: 'finance',
    };
    await world.store.answer(review?.id ?? '', answer);
    await world.settle();
    expect(world.debits.all()).toHaveLength(1);
  });

  test('an instalment that was already confirmed is linked and booked when the invoice comes late', async () => {
    world.debits.addDebit('PM60', 'MD1', { instalmentScheduleId: 'IS1', status: 'confirmed' });
    world.books.change('1', { standing: 'draft' });
    await world.see({ kind: 'debit-changed', debitId: 'PM60', action: 'confirmed' });
    expect(openReviews(world)).toEqual(['unmatched_payment']);
    world.books.change('1', { standing: 'open' });
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });
});

describe('when GoCardless does not answer clearly', () => {
  const lost = (kind: 'outcome-unknown' | 'transient') =>
    new ConnectorError({ kind, provider: 'gocardless', operation: 'createDebit', message: 'no answer' });

  test.each(['before', 'after'] as const)('time-out %s the payment was made: one payment', async (strike) => {
    world.debits.faults.fail('createDebit', strike, lost('outcome-unknown'));
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
    expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM1', state: 'pending_submission' }]);
  });

  test('the key names a payment that is not what was meant: a person looks', async () => {
    world.debits.addDebit('PM99', 'MD1', { amount: { minor: 7n, currency: 'GBP' } });
    const conflict = new ConnectorError({
      kind: 'conflict',
      provider: 'gocardless',
      operation: 'createDebit',
      message: 'conflict',
      reason: 'idempotent_creation_conflict',
      conflictingId: 'PM99',
    });
    world.debits.faults.fail('createDebit', 'before', conflict);
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['amount_mismatch']);
  });

  test.each([
    ['pending_submission', ['cancelled', 'pending_submission'], []],
    ['submitted', ['submitted'], ['amount_mismatch']],
  ] as const)(
    'a debit that was retried by hand, which nobody told (%s): no second one beside it',
    async (status, debits, asked) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'failed');
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
      world.debits.move('PM1', status);
      world.books.change('1', { amount: { minor: 12_000n, currency: 'GBP' } });
      await world.see(invoiceChanged);
      expect(world.debits.all().map((debit) => debit.status)).toEqual(debits);
      expect(openReviews(world)).toEqual(asked);
    },
  );

  test('a debit that somebody cancelled the moment before is cancelled, and nobody is asked', async () => {
    await world.see(invoiceChanged);
    world.books.change('1', { amount: { minor: 12_000n, currency: 'GBP' } });
    const cancel = world.debits.cancelDebit.bind(world.debits);
    world.debits.cancelDebit = async (debitId) => {
      await cancel(debitId);
      return cancel(debitId);
    };
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { status: 'cancelled' },
      { status: 'pending_submission', amount: { minor: 12_000n } },
    ]);
    expect(openReviews(world)).toEqual([]);
  });

  test('the invoice is deleted while the create call is in doubt: what it made is found and cancelled', async () => {
    world.debits.faults.fail('createDebit', 'after', lost('outcome-unknown'));
    const inbound = world.deliver(invoiceChanged);
    world.books.faults.fail('getInvoice', 'before', lost('transient'), 0);
    // The first attempt creates the debit and hears nothing; before the second one the invoice goes away.
    const original = world.debits.createDebit.bind(world.debits);
    world.debits.createDebit = (debit, key) => {
      world.books.change('1', { visibility: 'deleted' });
      return original(debit, key);
    };
    await world.settle();
    expect(world.outcomes.get(inbound.id)).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/deleted; debit of attempt 1 cancelled/),
    });
    expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
  });

  test('neither creating nor booking it was answered: that it paid the invoice raises no question', async () => {
    world.debits.faults.fail('createDebit', 'after', lost('outcome-unknown'));
    world.books.faults.fail('createPayment', 'after', lost('outcome-unknown'));
    const create = world.debits.createDebit.bind(world.debits);
    world.debits.createDebit = (debit, key) => {
      const creating = create(debit, key);
      // The bank is faster than we are, and its event is the next to run.
      world.debits.move('PM1', 'confirmed');
      world.deliver({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
      return creating;
    };
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM1', state: 'confirmed' }]);
    expect(openReviews(world)).toEqual([]);
  });
});

test('a client whose e-mail was corrected is looked at again, invoice by invoice', async () => {
  world.books.addInvoice('2', '7');
  world.books.addClient('7', 'wrong@client.test');
  await world.see(invoiceChanged);
  expect(openReviews(world)).toEqual(['no_mandate']);
  world.books.addClient('7', 'payer@client.test');
  await world.see({ kind: 'client-changed', clientId: '7' });
  expect(world.debits.all()).toHaveLength(2);
  expect(openReviews(world)).toEqual([]);
});

test('what does not exist is waited for, be it of a test event of the dashboard', async () => {
  expect(await world.see({ kind: 'mandate-changed', mandateId: 'index_ID_123' })).toMatchObject({
    state: 'parked',
  });
  expect(await world.see({ kind: 'billing-request-fulfilled', billingRequestId: 'BRQ404' })).toMatchObject({
    state: 'parked',
  });
  expect(await world.see({ kind: 'book-payment-changed', bookPaymentId: '404' })).toMatchObject({
    state: 'parked',
  });
  expect(await world.see({ kind: 'invoice-changed', invoiceId: '404' })).toMatchObject({ state: 'parked' });
});

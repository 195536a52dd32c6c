import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type DebitStatus, keyInNote, type Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { recheck } from '../booking/recheck.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** Invoice 1 of GBP 100.00 is being collected by PM1. */
async function collectingWorld(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  return world;
}

/** GoCardless moves PM1 and tells us. */
async function becomes(world: FlowWorld, status: DebitStatus): Promise<void> {
  world.debits.move('PM1', status);
  await world.see({ kind: 'debit-changed', debitId: 'PM1', action: status });
}

function openReviews(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter((review) => review.state === 'open')
    .map((review) => review.kind);
}

const unclear = new ConnectorError({
  kind: 'outcome-unknown',
  provider: 'freshbooks',
  operation: 'createPayment',
  message: 'no answer',
});

let world: FlowWorld;
beforeEach(async () => {
  world = await collectingWorld();
});

describe('booking', () => {
  test('nothing before the policy’s point, one payment at it, nothing after it', async () => {
    await becomes(world, 'submitted');
    expect(world.books.paymentsOf('1')).toEqual([]);
    await becomes(world, 'confirmed');
    await becomes(world, 'paid_out');
    const [posting] = world.store.postingRows();
    expect(world.books.paymentsOf('1')).toMatchObject([
      {
        amount: gbp(10_000n),
        date: '2026-11-20',
        type: 'Bank Transfer',
        note: `GoCardless PM1 · ${keyInNote(posting?.key ?? '')}`,
      },
    ]);
    expect(world.store.postingRows()).toMatchObject([{ kind: 'payment', state: 'posted' }]);
    expect(world.store.collectionRows()).toMatchObject([{ state: 'paid_out' }]);
  });

  test('at paid_out when the policy says so', async () => {
    world = await collectingWorld({ recordPaymentAt: 'paid_out' });
    await becomes(world, 'confirmed');
    expect(world.books.paymentsOf('1')).toEqual([]);
    await becomes(world, 'paid_out');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('US debits are ACH', async () => {
    world.books.addInvoice('2', '7', { currency: 'USD' });
    world.debits.addMandate('MD2', 'CU1', { currency: 'USD', scheme: 'ach' });
    await world.see({ kind: 'invoice-changed', invoiceId: '2' });
    world.debits.move('PM2', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM2', action: 'confirmed' });
    expect(world.books.paymentsOf('2')).toMatchObject([{ type: 'ACH', amount: { currency: 'USD' } }]);
  });

  test('a month that is closed: into the first open one, with the original date in the note', async () => {
    world.store.closeMonth('2026-11');
    await becomes(world, 'confirmed');
    const [payment] = world.books.paymentsOf('1');
    expect(payment).toMatchObject({
      date: '2026-12-01',
      note: expect.stringMatching(/charged 2026-11-20, that month is closed/),
    });
  });

  test.each([
    ['deleted', { visibility: 'deleted' as const }, 'invoice_missing'],
    ['in another currency now', { amount: { minor: 10_000n, currency: 'EUR' } }, 'currency_mismatch'],
    ['smaller now', { amount: gbp(9_999n) }, 'overpayment'],
  ])('the invoice is %s: nothing is booked, a person is asked', async (_name, change, kind) => {
    world.debits.move('PM1', 'submitted');
    world.books.change('1', change);
    await becomes(world, 'confirmed');
    expect(world.books.payments).toEqual([]);
    expect(openReviews(world)).toContain(kind);
    expect(world.store.collectionRows()).toMatchObject([{ state: 'confirmed' }]);
  });

  test('the invoice vanished from FreshBooks altogether', async () => {
    world.books.invoices.delete('1');
    await becomes(world, 'confirmed');
    expect(openReviews(world)).toEqual(['invoice_missing']);
  });

  test('an invoice already paid by hand is never turned into a client credit', async () => {
    world.debits.move('PM1', 'submitted');
    world.books.payByHand('1', gbp(10_000n));
    await becomes(world, 'confirmed');
    expect(world.books.payments).toHaveLength(1);
    expect(openReviews(world)).toEqual(['overpayment']);
  });

  test('FreshBooks splits it all the same: seen by comparing amounts', async () => {
    const original = world.books.createPayment.bind(world.books);
    world.books.createPayment = (payment) => {
      world.books.payByHand('1', gbp(4_000n));
      return original(payment);
    };
    await becomes(world, 'confirmed');
    expect(openReviews(world)).toEqual(['overpayment']);
    expect(world.store.postingRows()).toMatchObject([{ state: 'posted' }]);
  });

  test('a person’s match sends the money to the invoice they chose', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-2' });
    world.books.change('1', { visibility: 'deleted' });
    world.debits.move('PM1', 'submitted');
    await becomes(world, 'confirmed');
    const [review] = world.store.reviewRows();
    await world.store.answer(review?.id ?? '', {
      action: 'match',
      note: 'reissued',
      by: 'finance',
      invoiceId: '2',
    });
    await world.settle();
    expect(world.books.paymentsOf('2')).toHaveLength(1);
  });

  test('a person’s second match corrects the first', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 3_000n });
    world.books.addInvoice('3', '7', { number: 'INV-3' });
    world.books.change('1', { visibility: 'deleted' });
    world.debits.move('PM1', 'submitted');
    await becomes(world, 'confirmed');
    for (const invoiceId of ['2', '3']) {
      const open = world.store.reviewRows().find(({ state }) => state === 'open');
      world.advance(1_000);
      await world.store.answer(open?.id ?? '', {
        action: 'match',
        note: 'this one',
        by: 'finance',
        invoiceId,
      });
      await world.settle();
    }
    expect(world.books.paymentsOf('2')).toEqual([]);
    expect(world.books.paymentsOf('3')).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('answered with ignore: not asked again by later events of the same payment', async () => {
    world.books.invoices.delete('1');
    await becomes(world, 'confirmed');
    const [review] = world.store.reviewRows();
    const answer = {
      action: 'ignore' as const,
      note: 'written off',
      by: 'finance',
    };
    await world.store.answer(review?.id ?? '', answer);
    await becomes(world, 'paid_out');
    expect(openReviews(world)).toEqual([]);
  });
});

describe('late failures, chargebacks and what undoes them', () => {
  beforeEach(() => becomes(world, 'confirmed'));

  test.each<[DebitStatus]>([['failed'], ['charged_back'], ['cancelled']])(
    '%s after it was booked: the payment is taken back, however often it is told',
    async (status) => {
      await becomes(world, status);
      await becomes(world, status);
      expect(world.books.paymentsOf('1')).toEqual([]);
      expect(world.store.postingRows()).toMatchObject([
        { kind: 'payment', state: 'reversed' },
        { kind: 'reversal', state: 'posted', invoiceNumber: 'INV-1' },
      ]);
      expect(openReviews(world)).toEqual([]);
      expect(world.store.collectionRows()).toMatchObject([{ state: status }]);
    },
  );

  test('at any age: two years later', async () => {
    world.advance(730 * 86_400_000);
    await becomes(world, 'charged_back');
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('settled events are for the payout: no second reversal', async () => {
    await becomes(world, 'failed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'late_failure_settled' });
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'chargeback_settled' });
    expect(world.store.postingRows()).toHaveLength(2);
  });

  test('retried under the same id and confirmed again: booked again, as the next cycle', async () => {
    world.debits.retrying.add('PM1');
    await becomes(world, 'failed');
    expect(world.store.collectionRows()).toMatchObject([{ state: 'failed', willAttemptRetry: true }]);
    expect(await world.see(invoiceChanged)).toMatchObject({
      reason: expect.stringMatching(/already being collected/),
    });
    await becomes(world, 'pending_submission');
    await becomes(world, 'confirmed');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.store.postingRows().map((posting) => [posting.kind, posting.cycle, posting.state])).toEqual([
      ['payment', 1, 'reversed'],
      ['reversal', 1, 'posted'],
      ['payment', 2, 'posted'],
    ]);
  });

  test('the chargeback is cancelled: recorded again', async () => {
    await becomes(world, 'charged_back');
    await becomes(world, 'paid_out');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('the failure was missed and only the resubmission is seen: taken back', async () => {
    await becomes(world, 'pending_submission');
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('the month is closed: reversed in the first open one, saying so', async () => {
    world.store.closeMonth('2026-11');
    await becomes(world, 'charged_back');
    const reversal = world.store.postingRows().find((posting) => posting.kind === 'reversal');
    expect(reversal).toMatchObject({
      date: '2026-12-01',
      note: expect.stringMatching(/booked 2026-11-20, that month is closed/),
    });
  });
});

describe('onLateFailure: review', () => {
  beforeEach(async () => {
    world = await collectingWorld({ onLateFailure: 'review' });
    await becomes(world, 'confirmed');
  });

  test.each<[DebitStatus, string]>([
    ['failed', 'late_failure'],
    ['charged_back', 'chargeback'],
  ])('%s: asked first; retry takes it back', async (status, kind) => {
    await becomes(world, status);
    expect(openReviews(world)).toEqual([kind]);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    const [review] = world.store.reviewRows();
    const answer = { action: 'retry' as const, note: 'go', by: 'finance' };
    await world.store.answer(review?.id ?? '', answer);
    await world.settle();
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('done leaves the payment, for good', async () => {
    await becomes(world, 'failed');
    const [review] = world.store.reviewRows();
    const answer = {
      action: 'done' as const,
      note: 'paid in cash',
      by: 'finance',
    };
    await world.store.answer(review?.id ?? '', answer);
    await becomes(world, 'failed');
    expect(openReviews(world)).toEqual([]);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('the chargeback is cancelled before anybody answered: nothing is left to ask', async () => {
    await becomes(world, 'charged_back');
    await becomes(world, 'paid_out');
    expect(openReviews(world)).toEqual([]);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });
});

describe('FreshBooks does not answer clearly', () => {
  test.each(['before', 'after'] as const)(
    'time-out %s the payment was booked: exactly one',
    async (strike) => {
      world.books.faults.fail('createPayment', strike, unclear);
      await becomes(world, 'confirmed');
      expect(world.books.paymentsOf('1')).toHaveLength(1);
      expect(world.delays.every((delayMs) => delayMs >= 20_000)).toBe(true);
      expect(world.store.postingRows()).toMatchObject([{ state: 'posted', recheckAt: expect.any(Date) }]);
    },
  );

  test.each(['before', 'after'] as const)(
    'time-out %s the payment was booked, and the invoice is looked at meanwhile: no second debit',
    async (strike) => {
      world.books.faults.fail('createPayment', strike, unclear);
      world.debits.move('PM1', 'confirmed');
      world.deliver({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
      world.deliver(invoiceChanged);
      await world.settle();
      expect(world.debits.all()).toHaveLength(1);
      expect(world.books.paymentsOf('1')).toHaveLength(1);
      expect(openReviews(world)).toEqual([]);
    },
  );

  test('booked by somebody else between our looks: the second look is at the invoice, and no second debit', async () => {
    world.debits.move('PM1', 'confirmed');
    const list = world.store.collections.ofInvoice.bind(world.store.collections);
    // A worker whose lock was lost reads the invoice's debits while another one books the payment.
    world.store.collections.ofInvoice = async (invoiceId) => {
      world.store.collections.ofInvoice = list;
      await becomes(world, 'confirmed');
      return list(invoiceId);
    };
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('taken back, but the answer was lost, and the invoice is looked at meanwhile: no question about it', async () => {
    await becomes(world, 'confirmed');
    world.books.faults.fail('deletePayment', 'after', unclear);
    world.debits.move('PM1', 'charged_back');
    world.deliver({ kind: 'debit-changed', debitId: 'PM1', action: 'charged_back' });
    world.deliver(invoiceChanged);
    await world.settle();
    expect(world.debits.all()).toHaveLength(1);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(openReviews(world)).toEqual([]);
  });

  test('the answer was so late that it was booked twice: the second look takes one back and says so', async () => {
    world.books.faults.fail('createPayment', 'before', unclear);
    await becomes(world, 'confirmed');
    const [posting] = world.store.postingRows();
    world.books.change('1', { amount: gbp(20_000n) });
    world.books.payByHand('1', gbp(10_000n), posting?.note);
    await recheck(world.context(), posting?.key ?? '');
    expect(world.books.paymentsOf('1').map((payment) => payment.id)).toEqual([posting?.externalId]);
    expect(openReviews(world)).toEqual(['overpayment']);
    expect(world.store.postingRows()).toMatchObject([{ recheckAt: null }]);
  });

  test('the late one came first and ours found nothing outstanding: the whole one stays, nobody is debited again', async () => {
    world.books.faults.fail('createPayment', 'before', unclear);
    const create = world.books.createPayment.bind(world.books);
    world.books.createPayment = (payment) => {
      if (world.books.faults.count('createPayment') > 0)
        world.books.payByHand('1', payment.amount, payment.note);
      return create(payment);
    };
    await becomes(world, 'confirmed');
    expect(world.books.paymentsOf('1').map(({ amount }) => amount.minor)).toEqual([10_000n, 0n]);
    const [late] = world.books.paymentsOf('1');
    const [posting] = world.store.postingRows();
    await recheck(world.context(), posting?.key ?? '');
    await world.see(invoiceChanged);
    expect(world.books.paymentsOf('1')).toEqual([late]);
    expect(world.store.postingRows()).toMatchObject([{ state: 'posted', externalId: late?.id }]);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('a double of what was taken back meanwhile does not stay either', async () => {
    world.books.faults.fail('createPayment', 'before', unclear);
    await becomes(world, 'confirmed');
    await becomes(world, 'charged_back');
    const payment = world.store.postingRows().find(({ kind }) => kind === 'payment');
    world.books.payByHand('1', gbp(10_000n), payment?.note);
    await recheck(world.context(), payment?.key ?? '');
    expect(world.books.paymentsOf('1')).toEqual([]);
  });

  test('the money is gone before the outcome was known: found and taken back, or never there', async () => {
    for (const strike of ['before', 'after'] as const) {
      world = await collectingWorld();
      world.books.faults.fail('createPayment', strike, unclear);
      const original = world.books.listPayments.bind(world.books);
      world.books.listPayments = (invoiceId) => original(invoiceId);
      world.debits.move('PM1', 'confirmed');
      const create = world.books.createPayment.bind(world.books);
      world.books.createPayment = (payment) => {
        world.debits.move('PM1', 'charged_back');
        return create(payment);
      };
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
      expect(world.books.paymentsOf('1')).toEqual([]);
    }
  });

  test('the money is gone, the call seemed lost, and its payment comes late: it does not close the invoice', async () => {
    world.books.faults.fail('createPayment', 'before', unclear);
    world.debits.move('PM1', 'confirmed');
    const create = world.books.createPayment.bind(world.books);
    world.books.createPayment = (payment) => {
      world.debits.move('PM1', 'failed');
      return create(payment);
    };
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    const [posting] = world.store.postingRows();
    expect(posting).toMatchObject({ state: 'rejected', recheckAt: expect.any(Date) });
    world.books.payByHand('1', gbp(10_000n), posting?.note);
    await recheck(world.context(), posting?.key ?? '');
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(openReviews(world)).toEqual(['not_collected', 'overpayment']);
    expect(world.store.postingRows()).toMatchObject([{ state: 'rejected', recheckAt: null }]);
  });

  test('a restored store finds the old entry instead of making a second one', async () => {
    await becomes(world, 'confirmed');
    const [payment] = world.books.paymentsOf('1');
    const restored = await collectingWorldWith(world);
    await becomes(restored, 'confirmed');
    expect(restored.books.paymentsOf('1').map(({ id }) => id)).toEqual([payment?.id]);
    expect(restored.store.postingRows()).toMatchObject([{ state: 'posted', invoiceNumber: 'INV-1' }]);
  });

  test('a refusal is final for this attempt and can be replayed under the same key', async () => {
    const refused = new ConnectorError({
      kind: 'rejected',
      provider: 'freshbooks',
      operation: 'createPayment',
      message: 'no such type',
    });
    world.books.faults.fail('createPayment', 'before', refused);
    world.debits.move('PM1', 'confirmed');
    const inbound = world.deliver({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    await world.settle();
    expect(world.outcomes.get(inbound.id)).toBe(refused);
    const [rejected] = world.store.postingRows();
    expect(rejected).toMatchObject({ state: 'rejected' });
    expect(world.store.collectionRows()).toMatchObject([{ state: 'confirmed' }]);
    await becomes(world, 'confirmed');
    expect(world.store.postingRows()).toMatchObject([{ key: rejected?.key, state: 'posted' }]);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });
});

/** The same books and bank with an empty store of ours. */
async function collectingWorldWith(before: FlowWorld): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  Object.assign(world, { books: before.books, debits: before.debits });
  await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
  return world;
}

describe('payments nobody here made', () => {
  async function foreign(facts: Parameters<FlowWorld['debits']['addDebit']>[2]): Promise<FlowWorld> {
    world.books.addInvoice('2', '8', { number: 'INV-0042', amountMinor: 7_000n });
    world.books.addClient('8', 'other@client.test');
    world.debits.addCustomer('CU8', 'other@client.test');
    world.debits.addMandate('MD8', 'CU8');
    world.debits.addDebit('PM80', 'MD8', { amount: gbp(7_000n), status: 'confirmed', ...facts });
    await world.see({ kind: 'debit-changed', debitId: 'PM80', action: 'confirmed' });
    return world;
  }

  test('named by reference: booked, and followed from then on', async () => {
    await foreign({ reference: 'inv-0042' });
    expect(world.books.paymentsOf('2')).toMatchObject([{ note: expect.stringMatching(/^GoCardless PM80 /) }]);
    world.debits.move('PM80', 'charged_back');
    await world.see({ kind: 'debit-changed', debitId: 'PM80', action: 'charged_back' });
    expect(world.books.paymentsOf('2')).toEqual([]);
  });

  test('by the payer’s e-mail and the exact amount', async () => {
    await foreign({});
    expect(world.books.paymentsOf('2')).toHaveLength(1);
  });

  test('by metadata of the payment, and of the mandate', async () => {
    await foreign({ amount: gbp(6_000n), metadata: { freshbooks_invoice_id: '2' } });
    expect(world.books.paymentsOf('2')).toMatchObject([{ amount: gbp(6_000n) }]);
    world.debits.addMandate('MD8', 'CU8', { metadata: { freshbooks_invoice_id: '2' } });
    world.debits.addDebit('PM81', 'MD8', { amount: gbp(1_000n), status: 'confirmed' });
    await world.see({ kind: 'debit-changed', debitId: 'PM81', action: 'confirmed' });
    expect(world.books.paymentsOf('2')).toHaveLength(2);
  });

  test('for an invoice we are collecting: our debit is cancelled', async () => {
    world.debits.addDebit('PM90', 'MD1', { amount: gbp(10_000n), status: 'confirmed' });
    await world.see({ kind: 'debit-changed', debitId: 'PM90', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/^GoCardless PM90 /) }]);
    expect((await world.debits.getDebit('PM1'))?.status).toBe('cancelled');
    expect(openReviews(world)).toEqual([]);
  });

  test('…and when ours cannot be cancelled any more, a person is told before the client is charged twice', async () => {
    world.debits.move('PM1', 'submitted');
    world.debits.addDebit('PM90', 'MD1', { amount: gbp(10_000n), status: 'confirmed' });
    await world.see({ kind: 'debit-changed', debitId: 'PM90', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(openReviews(world)).toEqual(['double_payment_risk']);
  });

  test('metadata of another FreshBooks account ends there', async () => {
    await foreign({
      amount: gbp(6_000n),
      metadata: { freshbooks_invoice_id: '2', freshbooks_account_id: 'OTHER' },
    });
    expect([...world.outcomes.values()].at(-1)).toMatchObject({ because: 'of-another-business' });
    expect(openReviews(world)).toEqual([]);
  });

  test('likely is not enough: a person decides, with candidates', async () => {
    await foreign({ amount: gbp(6_999n) });
    expect(world.books.paymentsOf('2')).toEqual([]);
    const [review] = world.store.reviewRows();
    expect(review).toMatchObject({
      kind: 'unmatched_payment',
      subject: { provider: 'gocardless', type: 'payment', id: 'PM80' },
      candidates: [{ invoiceId: '2', why: 'payer e-mail' }],
    });
  });

  test('matched with the wrong invoice first: that one is collected as if nothing had been', async () => {
    world.books.addInvoice('4', '7', { number: 'INV-4', amountMinor: 3_000n });
    await foreign({ amount: gbp(6_999n) });
    for (const invoiceId of ['4', '2']) {
      const open = world.store.reviewRows().find(({ state }) => state === 'open');
      world.advance(1_000);
      await world.store.answer(open?.id ?? '', {
        action: 'match',
        note: 'this one',
        by: 'finance',
        invoiceId,
      });
      await world.settle();
    }
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    await world.see({ kind: 'invoice-changed', invoiceId: '4' });
    expect(world.debits.all().filter(({ amount }) => amount.minor === 3_000n)).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('not yet confirmed, or failed: nothing', async () => {
    await foreign({ status: 'submitted' });
    world.debits.move('PM80', 'failed');
    await world.see({ kind: 'debit-changed', debitId: 'PM80', action: 'failed' });
    expect(world.books.paymentsOf('2')).toEqual([]);
    expect(openReviews(world)).toEqual([]);
  });

  test('a dashboard test event names no payment: it is waited for', async () => {
    const event = { kind: 'debit-changed', debitId: 'index_ID_123', action: 'failed' } as const;
    expect(await world.see(event)).toMatchObject({ state: 'parked', waitingFor: 'provider' });
  });
});

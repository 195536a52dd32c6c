import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Capture,
  type CaptureStatus,
  ConnectorError,
  LockBusyError,
  type Policy,
  type RunLocks,
} from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { paypalCaptureToFreshbooks } from './flow.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;

/** Client 7 with invoice 1 (INV-001) of GBP 100.00 and no mandate. */
function newWorld(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'Payer@Client.test');
  world.books.addInvoice('1', '7', { number: 'INV-001' });
  return world;
}

function openReviews(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter((review) => review.state === 'open')
    .map((review) => review.kind);
}

async function answerFirst(world: FlowWorld, action: 'match' | 'done', invoiceId?: string): Promise<void> {
  const review = world.store.reviewRows().find(({ state }) => state === 'open');
  const answer = { action, note: 'seen', by: 'finance', ...(invoiceId === undefined ? {} : { invoiceId }) };
  await world.store.answer(review?.id ?? '', answer);
  await world.settle();
}

let world: FlowWorld;
beforeEach(() => {
  world = newWorld();
});

describe('matching', () => {
  test('rule 1: the reference names the invoice', async () => {
    world.captures.addCapture('CAP1', null, { references: ['inv-001'] });
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toMatchObject([
      {
        amount: gbp(10_000n),
        date: '2026-11-04',
        type: 'PayPal',
        note: expect.stringMatching(/^PayPal CAP1 · mlc:/),
      },
    ]);
    expect(world.store.postingRows()).toMatchObject([
      { source: { provider: 'paypal', id: 'CAP1' }, state: 'posted' },
    ]);
  });

  test.each(['Invoice INV-001', 'Invoice #INV-001, thank you', 'invoice-inv-001'])(
    'rule 1: the reference names the invoice in words: %s',
    async (reference) => {
      world.captures.addCapture('CAP1', null, { references: [reference] });
      await world.see(captured);
      expect(world.books.paymentsOf('1')).toHaveLength(1);
    },
  );

  test.each(['INV-0010', 'XINV-001', 'INV-001/2', 'INV-1'])(
    'rule 1: a number that only looks like it names another invoice: %s',
    async (reference) => {
      world.captures.addCapture('CAP1', null, { references: [reference] });
      await world.see(captured);
      expect(openReviews(world)).toEqual(['unmatched_payment']);
      expect(world.books.payments).toEqual([]);
    },
  );

  test('rule 1: part of the amount is a partial payment, more of it a question', async () => {
    world.captures.addCapture('CAP1', null, { references: ['INV-001'], amount: gbp(4_000n) });
    world.captures.addCapture('CAP2', null, { references: ['INV-001'], amount: gbp(7_000n) });
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    await world.see({ kind: 'capture-changed', captureId: 'CAP2' });
    expect(openReviews(world)).toEqual(['overpayment']);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test('rule 2: the payer’s e-mail and the exact amount', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test.each<[string, Partial<Capture>, string]>([
    ['nothing fits', { amount: gbp(9_999n) }, 'unmatched_payment'],
    [
      'another currency',
      { references: ['INV-001'], amount: { minor: 10_000n, currency: 'EUR' } },
      'currency_mismatch',
    ],
  ])('rule 3: %s: a person decides', async (_name, facts, kind) => {
    world.captures.addCapture('CAP1', 'payer@client.test', facts);
    await world.see(captured);
    expect(openReviews(world)).toEqual([kind]);
    expect(world.store.reviewRows()[0]?.subject).toEqual({ provider: 'paypal', type: 'capture', id: 'CAP1' });
    expect(world.books.payments).toEqual([]);
  });

  test('a deleted invoice named by the reference is missing; matched by a person it is still not paid', async () => {
    world.books.change('1', { visibility: 'deleted' });
    world.captures.addCapture('CAP1', null, { references: ['INV-001'] });
    await world.see(captured);
    expect(openReviews(world)).toEqual(['invoice_missing']);
    await answerFirst(world, 'match', '1');
    expect(openReviews(world)).toEqual(['invoice_missing']);
  });

  test('a person’s match is carried out', async () => {
    world.captures.addCapture('CAP1', 'stranger@else.test');
    await world.see(captured);
    await answerFirst(world, 'match', '1');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('two invoices fit one payment: asked; a second payment makes it one to one', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002', createdDate: '2026-11-03' });
    world.captures.addCapture('CAP1', 'payer@client.test', { createdAt: '2026-11-04T10:00:00Z' });
    await world.see(captured);
    expect(openReviews(world)).toEqual(['ambiguous_match']);
    world.captures.addCapture('CAP2', 'payer@client.test', { createdAt: '2026-11-04T12:00:00Z' });
    await world.see({ kind: 'capture-changed', captureId: 'CAP2' });
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/CAP1/) }]);
    expect(world.books.paymentsOf('2')).toMatchObject([{ note: expect.stringMatching(/CAP2/) }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('the other way round they end the same', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002', createdDate: '2026-11-03' });
    world.captures.addCapture('CAP2', 'payer@client.test', { createdAt: '2026-11-04T12:00:00Z' });
    await world.see({ kind: 'capture-changed', captureId: 'CAP2' });
    world.captures.addCapture('CAP1', 'payer@client.test', { createdAt: '2026-11-04T10:00:00Z' });
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/CAP1/) }]);
    expect(world.books.paymentsOf('2')).toMatchObject([{ note: expect.stringMatching(/CAP2/) }]);
  });
});

test.each([
  ['CAP1', 'CAP2'],
  ['CAP2', 'CAP1'],
])('one names its invoice, the other is for the one that is left: %s before %s', async (...order) => {
  world.books.addInvoice('2', '7', { number: 'INV-002' });
  world.captures.addCapture('CAP1', 'payer@client.test');
  world.captures.addCapture('CAP2', null, { references: ['INV-002'] });
  for (const captureId of order) await world.see({ kind: 'capture-changed', captureId });
  expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/CAP1/) }]);
  expect(world.books.paymentsOf('2')).toMatchObject([{ note: expect.stringMatching(/CAP2/) }]);
  expect(openReviews(world)).toEqual([]);
});

describe('money that comes before its invoice', () => {
  const open = () => world.store.reviewRows().filter(({ state }) => state === 'open');

  test.each([
    ['names it', { references: ['INV-9'] }, 10_000n],
    ['names it and is a part of it', { references: ['INV-9'] }, 12_000n],
    ['has its payer and amount', { references: [] as string[] }, 10_000n],
  ])('is matched once the invoice is there: it %s', async (_how, facts, invoiced) => {
    world.books.invoices.clear();
    world.captures.addCapture('CAP1', 'payer@client.test', facts);
    await world.see(captured);
    expect(open()).toMatchObject([{ kind: 'unmatched_payment' }]);
    world.books.addInvoice('9', '7', { number: 'INV-9', amountMinor: invoiced, createdDate: '2026-11-05' });
    await world.see({ kind: 'invoice-changed', invoiceId: '9' });
    expect(world.books.paymentsOf('9')).toMatchObject([{ amount: gbp(10_000n), type: 'PayPal' }]);
    expect(open().filter(({ kind }) => kind === 'unmatched_payment')).toEqual([]);
  });

  test.each([
    ['smaller', 9_000n, 'PO-'],
    ['of the same amount, of others', 10_000n, 'PO-'],
    ['of the same amount, without a reference', 10_000n, null],
  ])('twelve that do not fit cost no call: %s', async (_what, minor, prefix) => {
    world.books.invoices.clear();
    for (let at = 0; at < 12; at += 1) {
      const references = prefix === null ? [] : [`${prefix}${String(at)}`];
      world.captures.addCapture(`CAP${at}`, `other${at}@else.test`, { amount: gbp(minor), references });
      await world.see({ kind: 'capture-changed', captureId: `CAP${at}` });
    }
    world.books.addInvoice('9', '7', { number: 'INV-9', createdDate: '2026-11-05' });
    world.books.faults.calls.length = 0;
    world.captures.faults.calls.length = 0;
    await world.see({ kind: 'invoice-changed', invoiceId: '9' });
    expect(world.captures.faults.calls).toEqual([]);
    expect(world.books.faults.calls.length).toBeLessThanOrEqual(6);
    expect(open().filter(({ kind }) => kind === 'unmatched_payment')).toHaveLength(12);
  });

  test('money of another amount stays a question', async () => {
    world.books.invoices.clear();
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    world.books.addInvoice('9', '7', { number: 'INV-9', amountMinor: 9_999n, createdDate: '2026-11-05' });
    await world.see({ kind: 'invoice-changed', invoiceId: '9' });
    expect(world.books.paymentsOf('9')).toEqual([]);
    expect(open()).toMatchObject([{ kind: 'unmatched_payment' }, { kind: 'no_mandate' }]);
  });
});

describe('two payments of a payer at once', () => {
  /** As in a worker: what a job locked stays locked until its outcome is recorded. */
  const locksOfJobs = (): RunLocks => {
    const held = new Set<string>();
    return {
      withLock: (key, work) => {
        if (held.has(key)) return Promise.reject(new LockBusyError(key));
        held.add(key);
        return work();
      },
      letGoAfter: (work) => work(),
    };
  };

  test('the second one waits until it can see what came of the first', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002' });
    world.captures.addCapture('CAP1', 'payer@client.test');
    world.captures.addCapture('CAP2', 'PAYER@client.test');
    const context = { ...world.context(), locks: locksOfJobs() };
    const run = (captureId: string) => {
      const event = { kind: 'capture-changed', captureId } as const;
      return paypalCaptureToFreshbooks.run({ ...context, event: world.deliver(event) }, event);
    };
    expect(await run('CAP1')).toMatchObject({ details: { review: 'ambiguous_match' } });
    await expect(run('CAP2')).rejects.toThrow(LockBusyError);
  });
});

describe('one transaction, many events', () => {
  test('order, capture and PayPal invoice lead to one payment, however often', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    for (let round = 0; round < 3; round += 1) {
      world.deliver(captured);
      world.deliver({ kind: 'order-completed', orderId: 'ORDER-CAP1' });
      world.deliver({ kind: 'paypal-invoice-paid', paypalInvoiceId: 'INV2-CAP1' });
    }
    await world.settle();
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  test.each<[CaptureStatus, number]>([
    ['pending', 0],
    ['declined', 0],
    ['other', 0],
    ['completed', 1],
    ['partially_refunded', 1],
    ['refunded', 1],
    ['reversed', 1],
  ])('%s: %s payments', async (status, payments) => {
    world.captures.addCapture('CAP1', 'payer@client.test', { status });
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toHaveLength(payments);
  });

  test('pending, then completed', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { status: 'pending' });
    await world.see(captured);
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
  });

  describe('that names another merchant than the business file', () => {
    const other = { kind: 'capture-changed', captureId: 'CAP2' } as const;
    const asked = {
      state: 'done',
      reason: expect.stringMatching(/names another PayPal merchant: SOMEBODY/) as unknown,
    };
    beforeEach(() => {
      world.captures.addCapture('CAP1', 'payer@client.test', { merchantId: 'SOMEBODY' });
      world.captures.addCapture('CAP2', 'payer@client.test', { merchantId: 'SOMEBODY' });
    });

    test('one question for all of them, and nothing is booked', async () => {
      expect(await world.see(captured)).toMatchObject(asked);
      expect(await world.see(other)).toMatchObject(asked);
      expect(world.store.reviewRows()).toMatchObject([
        {
          kind: 'reauthorise',
          state: 'open',
          subject: { provider: 'paypal', type: 'connection', id: 'MERCHANT' },
          covers: 'SOMEBODY',
          reasons: expect.arrayContaining([
            expect.stringMatching(/connections\.paypal\.merchantId MERCHANT/),
          ]) as unknown,
        },
      ]);
      expect(world.books.paymentsOf('1')).toEqual([]);
    });

    test('told to retry: the payment is looked at again', async () => {
      await world.see(captured);
      world.captures.addCapture('CAP1', 'payer@client.test');
      const [review] = world.store.reviewRows();
      await world.store.answer(review?.id ?? '', { action: 'retry', note: 'seen', by: 'finance' });
      await world.settle();
      expect(world.books.paymentsOf('1')).toHaveLength(1);
    });

    test('ignored: none of this business, until another merchant still turns up', async () => {
      await world.see(captured);
      const [review] = world.store.reviewRows();
      await world.store.answer(review?.id ?? '', { action: 'ignore', note: 'seen', by: 'finance' });
      expect(await world.see(other)).toMatchObject({
        state: 'skipped',
        reason: expect.stringMatching(/names another PayPal merchant: SOMEBODY; a person already answered/),
      });
      expect(openReviews(world)).toEqual([]);
      world.captures.addCapture('CAP2', 'payer@client.test', { merchantId: 'A-THIRD' });
      await world.see(other);
      expect(openReviews(world)).toEqual(['reauthorise']);
    });

    test('as one of several payments of an order', async () => {
      const facts = { merchantId: 'SOMEBODY', orderId: 'ORDER1' };
      for (const id of ['CAP1', 'CAP2']) world.captures.addCapture(id, null, facts);
      expect(await world.see({ kind: 'order-completed', orderId: 'ORDER1' })).toMatchObject({
        state: 'done',
        reason: expect.stringMatching(/names another PayPal merchant/),
      });
      expect(openReviews(world)).toEqual(['reauthorise']);
    });
  });

  test.each(['before', 'after'] as const)(
    'FreshBooks’ answer is lost %s it booked: one payment',
    async (strike) => {
      const unclear = {
        kind: 'outcome-unknown' as const,
        provider: 'freshbooks',
        operation: 'createPayment',
        message: 'cut',
      };
      world.books.faults.fail('createPayment', strike, new ConnectorError(unclear));
      world.captures.addCapture('CAP1', 'payer@client.test');
      await world.see(captured);
      expect(world.books.paymentsOf('1')).toHaveLength(1);
    },
  );
});

describe('rule 0: it is there already', () => {
  test('by its id in a note', async () => {
    world.books.payByHand('1', gbp(10_000n), 'paypal transaction CAP1');
    world.captures.addCapture('CAP1', 'payer@client.test');
    expect(await world.see(captured)).toMatchObject({
      reason: expect.stringMatching(/already in the books/),
    });
    expect(world.books.payments).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('recorded by FreshBooks’ own PayPal gateway', async () => {
    const payment = world.books.payByHand('1', gbp(10_000n), '');
    world.books.payments[0] = { ...payment, gateway: 'paypal' };
    world.captures.addCapture('CAP1', null, { references: ['INV-001'] });
    await world.see(captured);
    expect(world.books.payments).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('by its id, on an invoice that neither reference nor payer lead to', async () => {
    world.books.payByHand('1', gbp(10_000n), 'PayPal CAP1');
    world.captures.addCapture('CAP1', 'somebody@else.test', { references: ['SHOP-9'] });
    expect(await world.see(captured)).toMatchObject({
      reason: expect.stringMatching(/already in the books/),
    });
    expect(openReviews(world)).toEqual([]);
  });

  test('the gateway recorded one of two payments: the other one is booked', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-002' });
    const payment = world.books.payByHand('1', gbp(10_000n), '');
    world.books.payments[0] = { ...payment, gateway: 'paypal' };
    for (const captureId of ['CAP1', 'CAP2', 'CAP1', 'CAP2']) {
      world.captures.addCapture(captureId, 'payer@client.test');
      await world.see({ kind: 'capture-changed', captureId });
    }
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.books.paymentsOf('2')).toMatchObject([{ note: expect.stringMatching(/CAP2/) }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('the gateway’s entry is of the evening before, where the business is', async () => {
    const payment = world.books.payByHand('1', gbp(10_000n), '');
    world.books.payments[0] = { ...payment, gateway: 'paypal', date: '2026-11-03' };
    world.captures.addCapture('CAP1', null, { references: ['INV-001'], createdAt: '2026-11-04T01:00:00Z' });
    expect(await world.see(captured)).toMatchObject({
      reason: expect.stringMatching(/already in the books/),
    });
  });
});

describe('two rails', () => {
  beforeEach(async () => {
    world.debits.addCustomer('CU1', 'payer@client.test');
    world.debits.addMandate('MD1', 'CU1');
    await world.see({ kind: 'invoice-changed', invoiceId: '1' });
    world.captures.addCapture('CAP1', 'payer@client.test');
  });

  test('the debit waits: it is cancelled', async () => {
    await world.see(captured);
    expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    expect(world.books.paymentsOf('1')).toMatchObject([{ type: 'PayPal' }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('the debit is on its way: a person is told, and when it confirms nothing becomes a client credit', async () => {
    world.debits.move('PM1', 'submitted');
    await world.see(captured);
    expect(openReviews(world)).toEqual(['double_payment_risk']);
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    expect(world.books.payments).toHaveLength(1);
    expect(openReviews(world)).toEqual(['double_payment_risk', 'overpayment']);
  });

  test('the debit confirmed first: the PayPal payment is the one too many', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { references: ['INV-001'] });
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    await world.see(captured);
    expect(world.books.payments).toHaveLength(1);
    expect(openReviews(world)).toEqual(['overpayment']);
  });

  test('a part is paid: the rest is debited, and later events of the capture leave that debit alone', async () => {
    world.captures.addCapture('CAP1', null, { references: ['INV-001'], amount: gbp(4_000n) });
    await world.see(captured);
    const debits = [{ status: 'cancelled' }, { status: 'pending_submission', amount: gbp(6_000n) }];
    expect(world.debits.all()).toMatchObject(debits);
    await world.see(captured);
    expect(world.debits.all()).toMatchObject(debits);
    world.debits.move('PM2', 'submitted');
    await world.see(captured);
    expect(openReviews(world)).toEqual([]);
  });

  test('both at once, in either order of arrival: one payment, the other one is asked about', async () => {
    for (const order of [0, 1]) {
      world = newWorld();
      world.debits.addCustomer('CU1', 'payer@client.test');
      world.debits.addMandate('MD1', 'CU1');
      await world.see({ kind: 'invoice-changed', invoiceId: '1' });
      world.captures.addCapture('CAP1', null, { references: ['INV-001'] });
      world.debits.move('PM1', 'confirmed');
      const events = [captured, { kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' } as const];
      for (const event of order === 0 ? events : events.reverse()) world.deliver(event);
      await world.settle();
      expect(world.books.payments).toHaveLength(1);
      // PayPal first: at that moment the debit was already beyond cancelling, which is said as well.
      expect(openReviews(world)).toEqual(
        order === 0 ? ['double_payment_risk', 'overpayment'] : ['overpayment'],
      );
    }
  });
});

describe('refunds, reversals, disputes', () => {
  test('a refund is a question about itself; the payment stays', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { status: 'partially_refunded' });
    world.captures.refunds.set('REF1', {
      id: 'REF1',
      captureId: 'CAP1',
      amount: gbp(2_500n),
      fee: null,
      status: 'completed',
      createdAt: '2026-11-05T10:00:00Z',
    });
    await world.see({ kind: 'refund-changed', refundId: 'REF1', captureId: null });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.store.reviewRows()).toMatchObject([
      { kind: 'refund', subject: { type: 'refund', id: 'REF1' }, amount: gbp(2_500n) },
    ]);
    await answerFirst(world, 'done');
    await world.see({ kind: 'refund-changed', refundId: 'REF1', captureId: 'CAP1' });
    expect(openReviews(world)).toEqual([]);
  });

  test('a refund that failed needs no answer', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    const refund = {
      id: 'REF1',
      captureId: 'CAP1',
      amount: gbp(2_500n),
      fee: null,
      createdAt: '2026-11-05T10:00:00Z',
    };
    world.captures.refunds.set('REF1', { ...refund, status: 'pending' });
    await world.see({ kind: 'refund-changed', refundId: 'REF1', captureId: null });
    expect(openReviews(world)).toEqual(['refund']);
    world.captures.refunds.set('REF1', { ...refund, status: 'failed' });
    await world.see({ kind: 'refund-changed', refundId: 'REF1', captureId: null });
    expect(openReviews(world)).toEqual([]);
  });

  test('a dispute is shown until it is won', async () => {
    const dispute = {
      id: 'PP-D-1',
      status: 'OPEN',
      reason: 'UNAUTHORISED',
      outcome: null,
      stage: 'INQUIRY',
      amount: gbp(10_000n),
      captureIds: ['CAP1'],
    };
    world.captures.disputes.set('PP-D-1', dispute);
    await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1' });
    expect(openReviews(world)).toEqual(['dispute']);
    world.captures.disputes.set('PP-D-1', {
      ...dispute,
      status: 'RESOLVED',
      outcome: 'RESOLVED_BUYER_FAVOUR',
    });
    await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1' });
    expect(openReviews(world)).toEqual(['dispute']);
    world.captures.disputes.set('PP-D-1', {
      ...dispute,
      status: 'RESOLVED',
      outcome: 'RESOLVED_SELLER_FAVOUR',
    });
    await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1' });
    expect(openReviews(world)).toEqual([]);
  });
});

describe('fees', () => {
  const accounts = {
    feeExpenseCategoryId: 77,
    staffId: 1,
    bankAccountUuid: null,
    clearingAccountUuid: null,
    feeAccountUuid: null,
  };

  test('paypalFees: expense: one expense per capture, also after a lost answer', async () => {
    world = newWorld({ paypalFees: 'expense', accounts });
    const unclear = {
      kind: 'outcome-unknown' as const,
      provider: 'freshbooks',
      operation: 'createExpense',
      message: 'cut',
    };
    world.books.faults.fail('createExpense', 'after', new ConnectorError(unclear));
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    await world.see(captured);
    expect(world.books.expenses).toMatchObject([
      { amount: gbp(320n), vendor: 'PayPal', notes: expect.stringMatching(/^PayPal fee CAP1 · mlc:/) },
    ]);
    expect(
      world.store.postingRows().map(({ kind, state, invoiceNumber }) => [kind, state, invoiceNumber]),
    ).toEqual([
      ['payment', 'posted', 'INV-001'],
      ['fee', 'posted', null],
    ]);
  });

  test('none by default', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    expect(world.books.expenses).toEqual([]);
  });
});

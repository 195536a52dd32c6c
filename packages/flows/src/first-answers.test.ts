import { describe, expect, test } from '@jest/globals';
import { ASK_AFTER_MS, ConnectorError, type DomainEvent } from '@mlc/core';
import { FlowWorld, ledgerProblems, payoutItem } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from './registry.ts';

/**
 * Every kind of event, what the provider answers first, and the truth that it answers later: the books end at the truth
 * or at a question, never at silence.
 */

type Provider = 'books' | 'debits' | 'captures' | 'payouts';

/** A look that a run takes, and what may be answered instead of the truth. */
interface Look {
  readonly from: Provider;
  readonly call: string;
  /** How it looks when there is nothing (yet); null when left out. */
  readonly nothing?: unknown;
  /** As it was before what the event tells, or an empty list. */
  readonly older?: (world: FlowWorld) => unknown;
}

interface Story {
  readonly event: DomainEvent;
  /** What is true from the beginning; the providers only do not show it yet. */
  readonly arrange: (world: FlowWorld) => unknown;
  readonly looks: readonly Look[];
  readonly isTrue: (world: FlowWorld) => boolean;
}

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const paid = (world: FlowWorld) => world.books.paymentsOf('1').filter(({ deleted }) => !deleted).length;
const live = (world: FlowWorld) => world.debits.all().filter(({ status }) => status !== 'cancelled').length;
const open = (world: FlowWorld) => world.store.reviewRows().filter(({ state }) => state === 'open');
const asks = (kind: string) => (world: FlowWorld) => open(world).some((review) => review.kind === kind);
const pay = (world: FlowWorld) => world.captures.addCapture('CAP1', 'payer@client.test');
const isPaid = (world: FlowWorld) => paid(world) === 1;
const isDebited = (world: FlowWorld) => live(world) === 1;
const capture: Look = {
  from: 'captures',
  call: 'getCapture',
  older: ({ captures }) => ({ ...captures.captures.get('CAP1'), status: 'pending' }),
};
const none = { ids: [], otherwise: false };
const dispute = {
  id: 'PP-D-1',
  status: 'OPEN',
  stage: null,
  reason: 'UNAUTHORISED',
  outcome: null,
  amount: gbp(10_000n),
  captureIds: ['CAP1'],
};

async function collect(world: FlowWorld): Promise<void> {
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
}

async function withoutMandate(world: FlowWorld): Promise<void> {
  const mandate = world.debits.mandates.get('MD7');
  world.debits.mandates.clear();
  await collect(world);
  if (mandate !== undefined) world.debits.mandates.set('MD7', mandate);
}

const STORIES: Readonly<Record<string, Story>> = {
  'an invoice': {
    event: { kind: 'invoice-changed', invoiceId: '1' },
    arrange: () => undefined,
    looks: [
      { from: 'books', call: 'getInvoice' },
      { from: 'books', call: 'getClient' },
    ],
    isTrue: isDebited,
  },
  'an invoice that was deleted': {
    event: { kind: 'invoice-changed', invoiceId: '1', told: 'deleted' },
    arrange: async (world) => {
      await collect(world);
      world.books.change('1', { visibility: 'deleted' });
    },
    looks: [
      {
        from: 'books',
        call: 'getInvoice',
        older: ({ books }) => {
          const invoice = books.invoices.get('1');
          return { ...invoice, outstanding: invoice?.amount, visibility: 'active' };
        },
      },
    ],
    isTrue: (world) => live(world) === 0,
  },
  'an invoice that was sent': {
    event: { kind: 'invoice-changed', invoiceId: '1', told: 'sent' },
    arrange: () => undefined,
    looks: [
      {
        from: 'books',
        call: 'getInvoice',
        older: ({ books }) => {
          const invoice = books.invoices.get('1');
          return { ...invoice, outstanding: invoice?.amount, standing: 'draft' };
        },
      },
    ],
    isTrue: isDebited,
  },
  'a payment in the books': {
    event: { kind: 'book-payment-changed', bookPaymentId: '5000' },
    arrange: async (world) => {
      await collect(world);
      world.books.payByHand('1', gbp(10_000n));
      const [payment] = world.books.payments;
      if (payment !== undefined) world.books.payments[0] = { ...payment, id: '5000' };
    },
    looks: [{ from: 'books', call: 'getPayment' }],
    isTrue: (world) => live(world) === 0,
  },
  'a debit that was confirmed': {
    event: { kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' },
    arrange: async (world) => {
      await collect(world);
      world.debits.move('PM1', 'confirmed');
    },
    looks: [
      {
        from: 'debits',
        call: 'getDebit',
        older: ({ debits }) => ({ ...debits.debits.get('PM1'), status: 'submitted' }),
      },
    ],
    isTrue: isPaid,
  },
  'a debit that failed late': {
    event: { kind: 'debit-changed', debitId: 'PM1', action: 'failed' },
    arrange: async (world) => {
      await collect(world);
      world.debits.move('PM1', 'confirmed');
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
      world.debits.move('PM1', 'failed');
    },
    looks: [
      {
        from: 'debits',
        call: 'getDebit',
        older: ({ debits }) => ({ ...debits.debits.get('PM1'), status: 'confirmed' }),
      },
    ],
    isTrue: (world) => paid(world) === 0,
  },
  'a mandate': {
    event: { kind: 'mandate-changed', mandateId: 'MD7', action: 'active' },
    arrange: withoutMandate,
    looks: [
      {
        from: 'debits',
        call: 'getMandate',
        older: ({ debits }) => ({ ...debits.mandates.get('MD7'), status: 'pending_customer_approval' }),
      },
      { from: 'debits', call: 'getCustomer' },
    ],
    isTrue: isDebited,
  },
  'a billing request': {
    event: { kind: 'billing-request-fulfilled', billingRequestId: 'BRQ1' },
    arrange: async (world) => {
      await withoutMandate(world);
      world.debits.requests.set('BRQ1', { customerId: 'CU7', mandateId: 'MD7' });
    },
    looks: [
      {
        from: 'debits',
        call: 'getBillingRequest',
        older: () => ({ customerId: null, mandateId: null }),
      },
    ],
    isTrue: isDebited,
  },
  'a payout': {
    event: { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' },
    arrange: async (world) => {
      await collect(world);
      world.debits.move('PM1', 'paid_out');
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'paid_out' });
      world.payouts.addPayout('PO1', 10_000n, [
        payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      ]);
    },
    looks: [
      {
        from: 'payouts',
        call: 'getPayout',
        older: ({ payouts }) => ({ ...payouts.payouts.get('PO1'), status: 'pending', arrivalDate: null }),
      },
      // Null would be GoCardless' own word that it keeps them no longer.
      { from: 'payouts', call: 'listItems', nothing: [] },
    ],
    isTrue: (world) => world.store.ledgerRows().some(({ payoutId }) => payoutId === 'PO1'),
  },
  'a refund of a debit': {
    event: { kind: 'debit-refund-changed', refundId: 'RF1', action: 'created' },
    arrange: (world) => {
      const of = { paymentId: 'PM1', mandateId: 'MD7', createdAt: '2026-11-05T08:00:00Z' };
      world.payouts.refunds.set('RF1', { id: 'RF1', amount: gbp(3_000n), status: 'created', ...of });
    },
    looks: [{ from: 'payouts', call: 'getRefund' }],
    isTrue: asks('refund'),
  },
  'a PayPal payment': {
    event: { kind: 'capture-changed', captureId: 'CAP1', told: 'completed' },
    arrange: pay,
    looks: [capture],
    isTrue: isPaid,
  },
  'a PayPal order': {
    event: { kind: 'order-completed', orderId: 'ORDER-CAP1' },
    arrange: pay,
    looks: [{ from: 'captures', call: 'paymentsOfOrder', older: () => none }],
    isTrue: isPaid,
  },
  'a PayPal invoice': {
    event: { kind: 'paypal-invoice-paid', paypalInvoiceId: 'INV2-CAP1' },
    arrange: pay,
    looks: [{ from: 'captures', call: 'paymentsOfInvoice', older: () => none }, capture],
    isTrue: isPaid,
  },
  'a PayPal refund': {
    event: { kind: 'refund-changed', refundId: 'REF1', captureId: 'CAP1' },
    arrange: (world) => {
      pay(world);
      const facts = { amount: gbp(2_500n), fee: null, createdAt: '2026-11-05T08:00:00Z' };
      world.captures.refunds.set('REF1', { id: 'REF1', captureId: 'CAP1', status: 'completed', ...facts });
    },
    looks: [{ from: 'captures', call: 'getRefund' }, capture],
    isTrue: (world) => isPaid(world) && asks('refund')(world),
  },
  'a dispute': {
    event: { kind: 'dispute-changed', disputeId: 'PP-D-1' },
    arrange: (world) => {
      world.captures.disputes.set('PP-D-1', dispute);
    },
    looks: [{ from: 'captures', call: 'getDispute' }],
    isTrue: asks('dispute'),
  },
  'the end of a dispute': {
    event: { kind: 'dispute-changed', disputeId: 'PP-D-1', isResolved: true },
    arrange: async (world) => {
      world.captures.disputes.set('PP-D-1', dispute);
      await world.see({ kind: 'dispute-changed', disputeId: 'PP-D-1' });
      const won = { ...dispute, status: 'RESOLVED', outcome: 'RESOLVED_SELLER_FAVOUR' };
      world.captures.disputes.set('PP-D-1', won);
    },
    looks: [{ from: 'captures', call: 'getDispute', older: () => dispute }],
    isTrue: (world) => !asks('dispute')(world),
  },
};

function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU7', 'payer@client.test');
  world.debits.addMandate('MD7', 'CU7');
  return world;
}

/** More than there are first answers. */
const LOOKS = 20;
const ANSWERS = ['nothing', 'older', '5xx', 'garbage'] as const;
type Answer = (typeof ANSWERS)[number];

function failureOf(kind: 'transient' | 'rejected'): ConnectorError {
  return new ConnectorError({ kind, provider: 'test', operation: 'look', message: kind });
}

function answerFirst(
  world: FlowWorld,
  { from, call, nothing = null, older }: Look,
  answer: Answer,
  times: number,
): void {
  const { faults } = world[from];
  if (answer === '5xx') faults.fail(call, 'before', failureOf('transient'), times);
  else if (answer === 'garbage') faults.fail(call, 'before', failureOf('rejected'), times);
  else faults.answer(call, answer === 'older' && older !== undefined ? older(world) : nothing, times);
}

/** An answer that cannot be read is a dead letter, which a person sees and replays. */
const isDead = (world: FlowWorld) => [...world.outcomes.values()].some((outcome) => outcome instanceof Error);

describe.each(Object.entries(STORIES))('%s', (_name, { event, arrange, looks, isTrue }) => {
  const first = fc.record({
    look: fc.constantFrom(...looks),
    answer: fc.constantFrom(...ANSWERS),
    times: fc.integer({ min: 1, max: 6 }),
  });

  test('ends at the truth, or at a question', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(first, { minLength: 1, maxLength: 3 }), async (answers) => {
        const world = newWorld();
        await arrange(world);
        for (const { look, answer, times } of answers) answerFirst(world, look, answer, times);
        world.deliver(event);
        await world.settle();
        for (let looked = 0; looked < LOOKS; looked += 1) await world.pass(ASK_AFTER_MS);
        // Dead, it is among the dead letters, and what was asked about it until then still is.
        if (!isDead(world)) {
          expect(isTrue(world)).toBe(true);
          expect(open(world).map(({ kind }) => kind)).not.toContain('unreadable_event');
        }
        expect(ledgerProblems(world.store)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('that never comes ends at a question', async () => {
    for (const look of looks) {
      const world = newWorld();
      await arrange(world);
      answerFirst(world, look, 'nothing', 1_000);
      world.deliver(event);
      await world.settle();
      for (let looked = 0; looked < 4; looked += 1) await world.pass(ASK_AFTER_MS);
      expect(isTrue(world) || open(world).length > 0).toBe(true);
    }
  });
});

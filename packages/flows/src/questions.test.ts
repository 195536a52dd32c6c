import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  type DebitStatus,
  type DomainEvent,
  type Policy,
  QUESTIONS,
  REVIEW_KINDS,
  type ReviewKind,
} from '@mlc/core';
import { FlowWorld, payoutItem } from '@mlc/testkit';
import { FLOWS } from './registry.ts';

/** The table of questions (docs/decisions.md): every kind that is opened anywhere is in it, and what it says settles it does. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const euros = { minor: 10_000n, currency: 'EUR' };
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
const refundChanged = { kind: 'debit-refund-changed', refundId: 'RF1' } as const;
const payoutTold = { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' } as const;

/** Something happens outside, and this tells of it; null: nobody does. */
type Step = (world: FlowWorld) => DomainEvent | null | Promise<DomainEvent | null>;

/** How a kind is opened, and one by one what settles it. */
interface Scenario {
  readonly policy?: Partial<Policy>;
  readonly opens: readonly Step[];
  readonly settles: Readonly<Record<string, readonly Step[]>>;
}

const look: Step = () => invoiceChanged;

/** The debit `PM1`. */
const becomes =
  (status: DebitStatus, debitId = 'PM1'): Step =>
  ({ debits, clock }) => {
    debits.move(debitId, status);
    const action = status === 'pending_submission' ? 'resubmission_requested' : status;
    debits.steps.push({ debitId, action, at: clock.now().toISOString() });
    return { kind: 'debit-changed', debitId, action };
  };

const change =
  (changes: Parameters<FlowWorld['books']['change']>[1]): Step =>
  ({ books }) => {
    books.change('1', changes);
    return invoiceChanged;
  };

const mandate =
  (id: string, facts: Parameters<FlowWorld['debits']['addMandate']>[2] = {}): Step =>
  ({ debits }) => {
    debits.addMandate(id, 'CU1', facts);
    return { kind: 'mandate-changed', mandateId: id };
  };

const withoutMandate: Step = ({ debits }) => {
  debits.mandates.clear();
  return invoiceChanged;
};

const paidByHand =
  (note = 'cheque', invoiceId = '1'): Step =>
  ({ books }) => {
    books.payByHand(invoiceId, gbp(10_000n), note, '2026-11-05');
    return { kind: 'invoice-changed', invoiceId };
  };

const capture =
  (email: string, facts: Parameters<FlowWorld['captures']['addCapture']>[2] = {}): Step =>
  ({ captures }) => {
    captures.addCapture('CAP1', email, facts);
    return captured;
  };

/** A person enters the PayPal payment, and it is looked at again. */
const entered: readonly Step[] = [paidByHand('PayPal CAP1'), () => captured];

const secondInvoice: Step = ({ books }) => {
  books.addInvoice('2', '7');
  return null;
};

const noDebits: Step = ({ debits }) => {
  debits.customers.clear();
  debits.mandates.clear();
  return null;
};

const refund =
  (status: string): Step =>
  ({ payouts }) => {
    const facts = { id: 'RF1', amount: gbp(3_000n), paymentId: 'PM1', mandateId: 'MD1' };
    payouts.refunds.set('RF1', { ...facts, status, createdAt: '2026-11-25T09:00:00.000Z' });
    return refundChanged;
  };

/** `PM9`, which nobody here made. */
const foreignDebit =
  (status: DebitStatus, minor = 10_000n): Step =>
  ({ debits }) => {
    debits.addDebit('PM9', 'MD1', { status, amount: gbp(minor) });
    return { kind: 'debit-changed', debitId: 'PM9', action: status };
  };

/** A payer's complaint at PayPal about `CAP1`. */
const dispute =
  (status: string, outcome: string | null): Step =>
  ({ captures }) => {
    const facts = { reason: 'UNAUTHORISED', stage: 'INQUIRY', amount: gbp(10_000n), captureIds: ['CAP1'] };
    captures.disputes.set('D1', { id: 'D1', status, outcome, ...facts });
    return { kind: 'dispute-changed', disputeId: 'D1' };
  };

/** What a person does to our entry on the invoice. */
const entryIs =
  (changes: Parameters<FlowWorld['books']['changePayment']>[1]): Step =>
  ({ books }) => {
    const [entry] = books.payments;
    books.changePayment(entry?.id ?? '', changes);
    return invoiceChanged;
  };

const subscription =
  (status: string): Step =>
  ({ debits }) => {
    const upcoming = status === 'active' ? [{ chargeDate: '2026-11-20', amountMinor: 3_000n }] : [];
    debits.subscriptions.splice(0);
    debits.subscriptions.push({ id: 'SB1', status, mandateId: 'MD1', currency: 'GBP', upcoming });
    return { kind: 'schedule-changed', scheduleId: 'SB1' };
  };

const PAID_IN_FULL: Readonly<Record<string, readonly Step[]>> = {
  'nothing left to collect': [paidByHand()],
  'nothing left to collect (deleted)': [change({ visibility: 'deleted' })],
};

/** Kinds whose questions flows open about invoices and money. */
const SCENARIOS: Readonly<Partial<Record<ReviewKind, Scenario>>> = {
  no_mandate: {
    opens: [withoutMandate],
    settles: {
      'finds a mandate': [mandate('MD2')],
      'another obstacle': [mandate('MD2', { currency: 'EUR' }), look],
      ...PAID_IN_FULL,
    },
  },
  not_collected: {
    opens: [look, becomes('failed')],
    settles: {
      'the debit is tried again': [becomes('pending_submission')],
      'another debit collects the invoice': [mandate('MD2', { createdAt: '2026-11-05T00:00:00.000Z' })],
      'the invoice is paid in full': [paidByHand()],
      deleted: [change({ visibility: 'deleted' })],
    },
  },
  ambiguous_customer: {
    opens: [
      ({ debits }) => {
        debits.addCustomer('CU2', 'payer@client.test');
        debits.addMandate('MD2', 'CU2');
        return invoiceChanged;
      },
    ],
    settles: {
      'finds one customer': [
        ({ debits }) => {
          debits.addCustomer('CU2', 'new@client.test');
          return { kind: 'customer-changed', customerId: 'CU2' };
        },
        look,
      ],
      ...PAID_IN_FULL,
    },
  },
  mandate_limit: {
    opens: [mandate('MD1', { maxAmountMinor: 9_999n }), look],
    settles: { 'can collect it': [change({ amount: gbp(9_000n) })], ...PAID_IN_FULL },
  },
  limit: {
    policy: { limits: { maxDebitMinor: { GBP: 9_999 }, maxDebitsPerDay: {} } },
    opens: [look],
    settles: { 'can collect it': [change({ amount: gbp(9_000n) })], ...PAID_IN_FULL },
  },
  currency_mismatch: {
    opens: [mandate('MD1', { currency: 'EUR' }), look],
    settles: { 'can collect it': [mandate('MD2'), look], ...PAID_IN_FULL },
  },
  unmatched_payment: {
    opens: [capture('stranger@elsewhere.test')],
    settles: {
      'found in the books': entered,
      'linked to an invoice': [
        ({ books }) => {
          books.addClient('8', 'stranger@elsewhere.test');
          books.addInvoice('8', '8');
          return { kind: 'invoice-changed', invoiceId: '8' };
        },
      ],
    },
  },
  ambiguous_match: {
    opens: [noDebits, secondInvoice, capture('payer@client.test')],
    settles: { 'found in the books': entered },
  },
  amount_mismatch: {
    opens: [look, becomes('submitted'), change({ amount: gbp(12_000n) })],
    settles: {
      'the debit fits again': [change({ amount: gbp(10_000n) })],
      ended: [becomes('failed')],
    },
  },
  overpayment: {
    opens: [look, becomes('submitted'), change({ amount: gbp(9_000n) }), becomes('confirmed')],
    settles: { 'the money is lost': [becomes('failed')] },
  },
  invoice_missing: {
    opens: [look, becomes('submitted'), change({ visibility: 'deleted' })],
    settles: {
      'the debit ended': [becomes('failed')],
      'the invoice is there again': [change({ visibility: 'active' })],
    },
  },
  refund: {
    opens: [look, becomes('confirmed'), refund('created')],
    settles: { fails: [refund('failed')], 'is cancelled': [refund('cancelled')] },
  },
  dispute: {
    opens: [look, becomes('submitted'), change({ standing: 'disputed' })],
    settles: {
      'the debit ended': [becomes('failed')],
      'not disputed any more': [change({ standing: 'open' })],
    },
  },
  chargeback: {
    policy: { onLateFailure: 'review' },
    opens: [look, becomes('confirmed'), becomes('paid_out'), becomes('charged_back')],
    settles: { 'the chargeback is cancelled': [becomes('paid_out')] },
  },
  late_failure: {
    policy: { onLateFailure: 'review' },
    opens: [look, becomes('confirmed'), becomes('failed')],
    settles: { 'the money is there again': [becomes('pending_submission'), becomes('confirmed')] },
  },
  double_payment_risk: {
    opens: [look, becomes('submitted'), paidByHand()],
    settles: { 'the debit ended': [becomes('failed')] },
  },
  payout_unexplained: {
    opens: [
      ({ debits, payouts }) => {
        debits.addDebit('PM9', 'MD1', { status: 'paid_out', amount: gbp(5_000n) });
        payouts.addPayout('PO1', 5_000n, [payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM9' })]);
        return payoutTold;
      },
    ],
    settles: {
      'every payment in it is explained': [
        ({ books, debits }) => {
          books.addInvoice('5', '7', { amountMinor: 5_000n, createdDate: '2026-10-01' });
          debits.addDebit('PM9', 'MD1', { status: 'paid_out', amount: gbp(5_000n), reference: 'INV-5' });
          return { kind: 'debit-changed', debitId: 'PM9', action: 'paid_out' };
        },
      ],
    },
  },
};

/** Other ways to the same kinds. */
const MORE: readonly (readonly [ReviewKind, Scenario])[] = [
  [
    'unmatched_payment',
    {
      opens: [foreignDebit('confirmed', 5_000n)],
      settles: { lost: [becomes('failed', 'PM9')] },
    },
  ],
  [
    'ambiguous_match',
    {
      opens: [secondInvoice, foreignDebit('confirmed')],
      settles: { lost: [becomes('charged_back', 'PM9')] },
    },
  ],
  [
    'currency_mismatch',
    {
      opens: [capture('payer@client.test', { amount: euros, references: ['INV-1'] })],
      settles: { 'the money is booked (by hand)': entered },
    },
  ],
  [
    'invoice_missing',
    {
      opens: [
        secondInvoice,
        change({ visibility: 'deleted' }),
        capture('payer@client.test', { references: ['INV-1'] }),
      ],
      settles: { 'the money is booked (by hand)': [paidByHand('PayPal CAP1', '2'), () => captured] },
    },
  ],
  [
    'double_payment_risk',
    {
      opens: [foreignDebit('submitted'), look],
      settles: {
        'the other debit has nothing left': [becomes('cancelled', 'PM9')],
        'is paid and no debit is under way': [paidByHand()],
      },
    },
  ],
  [
    'double_payment_risk',
    {
      opens: [look, becomes('confirmed'), entryIs({ deleted: true })],
      settles: { 'the payment stands in the books again': [entryIs({ deleted: false })] },
    },
  ],
  [
    'double_payment_risk',
    {
      opens: [subscription('active'), look],
      settles: { 'the subscription or the other debit has nothing left': [subscription('cancelled')] },
    },
  ],
  [
    'dispute',
    {
      opens: [dispute('UNDER_REVIEW', null)],
      settles: { 'ends in our favour': [dispute('RESOLVED', 'RESOLVED_SELLER_FAVOUR')] },
    },
  ],
];

/** Kinds that are opened, or settled, where no flow runs: the tests that show both. */
const ELSEWHERE: Readonly<Partial<Record<ReviewKind, string>>> = {
  reauthorise: 'packages/flows/src/payout-to-cashflow/into-freshbooks.test.ts',
  period_locked: 'packages/flows/src/booking/period-lock.test.ts',
  unreadable_event: 'packages/flows/src/paypal-capture-to-freshbooks/not-shown.test.ts',
  webhooks_silent: 'apps/worker/src/polling/silence.integration.test.ts',
};

function openKinds(world: FlowWorld): ReviewKind[] {
  return world.store.reviewRows().flatMap(({ kind, state }) => (state === 'open' ? [kind] : []));
}

async function play(world: FlowWorld, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    world.advance(60_000);
    const event = await step(world);
    if (event !== null) world.deliver(event);
    await world.settle();
  }
}

async function opened(kind: ReviewKind, { policy, opens }: Scenario): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await play(world, opens);
  expect(openKinds(world)).toContain(kind);
  return world;
}

const CASES = [...Object.entries(SCENARIOS), ...MORE].flatMap(([kind, scenario]) =>
  Object.entries(scenario.settles).map(([how, steps]) => ({
    kind: kind as ReviewKind,
    how,
    scenario,
    steps,
  })),
);

describe('what the table says settles a question', () => {
  test.each(CASES)('$kind: $how', async ({ kind, scenario, steps }) => {
    const world = await opened(kind, scenario);
    await play(world, steps);
    const closed = world.store.reviewRows().find((review) => review.kind === kind);
    expect(closed).toMatchObject({ state: 'resolved', resolution: { by: 'system' } });
    expect(openKinds(world)).not.toContain(kind);
  });

  test.each(CASES)('$kind: "$how" is what the table says', ({ kind, how }) => {
    expect(QUESTIONS[kind].settles).toContain(how.replace(/ \(.*\)$/, ''));
  });

  test('every kind has a scenario here, or tests where it is opened', () => {
    const covered = [...Object.keys(SCENARIOS), ...Object.keys(ELSEWHERE)];
    expect(covered.sort()).toEqual([...REVIEW_KINDS].sort());
    for (const [kind, place] of Object.entries(ELSEWHERE)) {
      const tests = filesUnder(place).filter((path) => path.endsWith('.test.ts'));
      const text = tests.map((path) => readFileSync(path, 'utf8')).join('\n');
      expect([kind, text.includes(`'${kind}'`), /resolved|settle/.test(text)]).toEqual([kind, true, true]);
    }
  });
});

function filesUnder(place: string): string[] {
  const path = join(ROOT, place);
  if (place.endsWith('.ts')) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(path, name));
}

test('every kind of the table is opened somewhere, and no other is', () => {
  const sources = ['packages/core/src', 'packages/flows/src', 'packages/platform/src', 'apps/worker/src']
    .flatMap(filesUnder)
    .filter((path) => !/\.test\.ts$|generated|ports\/store\.ts$|reviews\/questions\.ts$/.test(path))
    .map((path) => readFileSync(path, 'utf8'));
  // `kind: 'no_mandate'`, or a function that says which kind it is: `): ReviewKind … 'chargeback' : 'late_failure'`.
  const named = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/(?:\w+: |[?:] )'([a-z]+(?:_[a-z]+)*)'/g)].map(([, word]) => word),
    ),
  );
  for (const kind of REVIEW_KINDS) expect([kind, named.has(kind)]).toEqual([kind, true]);
  expect(Object.keys(QUESTIONS)).toEqual([...REVIEW_KINDS]);
});

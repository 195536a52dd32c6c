import type { ReviewKind } from '@mlc/core';
import type { TestBusiness } from './test-business.ts';
import { debitOf, debitsOf, type Standing, type TestInvoice, writeInvoice } from './invoices.ts';

/** One thing that happens to an invoice at a provider; false when it cannot happen yet. */
export type Step = (story: Story) => boolean;

/** What a person is asked in the end. */
export interface Asked {
  readonly kind: ReviewKind;
  /** A number: the paper of the story (PayPal capture, refund or dispute) in the order they came about. */
  readonly about: 'invoice' | 'twin' | 'debit' | number;
  /** Decimal string. */
  readonly amount: string;
}

/** What becomes of an invoice, step by step, and how it stands in the end whatever happened on the way. */
export interface Fate {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly expected: Standing;
  /** Left out: the client has a mandate. */
  readonly mandate?: false;
  /** How a second invoice like the first, of the same client, stands in the end; left out: there is none. */
  readonly twin?: Standing;
  /** Left out: nothing. */
  readonly asked?: readonly Asked[];
}

/** An invoice on its way through its fate. */
export interface Story {
  readonly invoice: TestInvoice;
  readonly fate: Fate;
  /** All of the same business, this one too. */
  readonly siblings: readonly Story[];
  readonly twin: TestInvoice | null;
  /** Ids of PayPal captures, refunds and disputes of the story. */
  readonly papers: string[];
  /** Steps that happened already. */
  done: number;
}

/** What every invoice is written over. */
export const AMOUNT = '120.00';
const EDITED = '150.50';
const PAID: Pick<Standing, 'outstanding' | 'payments'> = {
  outstanding: '0.00',
  payments: [`${AMOUNT} Bank Transfer`],
};
const OPEN: Pick<Standing, 'outstanding' | 'payments'> = { outstanding: AMOUNT, payments: [] };

function isCollectedAsIs(invoice: TestInvoice): boolean {
  const debit = debitsOf(invoice).at(-1);
  if (debit?.status !== 'pending_submission') return false;
  return (debit.amount / 100).toFixed(2) === invoice.business.desk.invoice(invoice.id).outstanding;
}

/** As soon as a debit of what is outstanding waits at GoCardless. */
export function onceCollected(happen: (invoice: TestInvoice, debitId: string) => unknown): Step {
  return ({ invoice }) => {
    if (!isCollectedAsIs(invoice)) return false;
    happen(invoice, debitOf(invoice).id);
    return true;
  };
}

function onDebit(
  happen: (scenarios: TestBusiness['organisation']['scenarios'], payment: string) => unknown,
): Step {
  return ({ invoice }) => {
    happen(invoice.business.organisation.scenarios, debitOf(invoice).id);
    return true;
  };
}

/** The debit is confirmed. */
export const confirm = onceCollected(({ business }, payment) =>
  business.organisation.scenarios.confirmPayment({ payment }),
);
const refuse = onceCollected(({ business }, payment) =>
  business.organisation.scenarios.failPayment({ payment, willAttemptRetry: false }),
);
const edit = onceCollected(({ business, id }) => business.desk.changeAmount(id, EDITED));
const remove = onceCollected(({ business, id }) => business.desk.deleteInvoice(id));
const payOut = onDebit((scenarios, payment) => scenarios.payOutPayment({ payment }));
const failLate = onDebit((scenarios, payment) => scenarios.failPayment({ payment }));
const takeBack = onDebit((scenarios, payment) => scenarios.chargeBackPayment({ payment }));
/** GoCardless holds payouts back that chargebacks would turn negative: everything is paid out before the first one. */
const chargeBack: Step = (story) => story.siblings.every(isPaidOutIfPlanned) && takeBack(story);
const cancelChargeback = onDebit((scenarios, payment) => scenarios.cancelChargeback({ payment }));

const payByPaypal: Step = ({ invoice: { business, number } }) => {
  business.merchant.scenarios.payerPays({ amount: AMOUNT, invoiceId: number });
  return true;
};

/** Every way of design section 5, the changes of section 4 that end a debit, and the other rail. */
export const FATES: readonly Fate[] = [
  { name: 'confirmed', steps: [confirm], expected: { ...PAID, debits: ['confirmed'] } },
  { name: 'paid out', steps: [confirm, payOut], expected: { ...PAID, debits: ['paid_out'] } },
  {
    name: 'refused',
    steps: [refuse],
    expected: { ...OPEN, debits: ['failed'] },
    asked: [{ kind: 'not_collected', about: 'invoice', amount: AMOUNT }],
  },
  { name: 'failed late', steps: [confirm, failLate], expected: { ...OPEN, debits: ['failed'] } },
  {
    name: 'charged back',
    steps: [confirm, payOut, chargeBack],
    expected: { ...OPEN, debits: ['charged_back'] },
  },
  {
    name: 'charged back in vain',
    steps: [confirm, payOut, chargeBack, cancelChargeback],
    expected: { ...PAID, debits: ['paid_out'] },
  },
  {
    name: 'edited',
    steps: [edit, confirm],
    expected: {
      outstanding: '0.00',
      payments: [`${EDITED} Bank Transfer`],
      debits: ['cancelled', 'confirmed'],
    },
  },
  {
    name: 'paid by PayPal',
    steps: [payByPaypal],
    expected: { outstanding: '0.00', payments: [`${AMOUNT} PayPal`], debits: [] },
    mandate: false,
  },
  { name: 'deleted', steps: [remove], expected: { ...OPEN, debits: ['cancelled'] } },
];

function isPaidOutIfPlanned({ fate, done }: Story): boolean {
  return done > fate.steps.indexOf(payOut);
}

/** An invoice for every one of the fates. */
export function writeStories(business: TestBusiness, fates: readonly Fate[]): Story[] {
  const siblings: Story[] = [];
  for (const fate of fates) {
    const invoice = writeInvoice(business, { amount: AMOUNT, mandate: fate.mandate !== false });
    const like = { amount: AMOUNT, client: invoice.client };
    const twin = fate.twin === undefined ? null : writeInvoice(business, like);
    siblings.push({ invoice, fate, siblings, twin, papers: [], done: 0 });
  }
  return siblings;
}

/** Lets the next step of a story happen; false when there is none or it cannot happen yet. */
export function advance(story: Story): boolean {
  const step = story.fate.steps[story.done];
  if (step?.(story) !== true) return false;
  story.done += 1;
  return true;
}

/** True when everything that was to happen has happened. */
export function isOver({ fate, done }: Story): boolean {
  return done === fate.steps.length;
}

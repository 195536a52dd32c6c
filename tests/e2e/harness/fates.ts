import type { TestBusiness } from './test-business.ts';
import { debitOf, debitsOf, type Standing, type TestInvoice, writeInvoice } from './invoices.ts';

/** One thing that happens to an invoice at a provider; false when it cannot happen yet. */
type Step = (story: Story) => boolean;

/** What becomes of an invoice, step by step, and how it stands in the end whatever happened on the way. */
export interface Fate {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly expected: Standing;
  /** Left out: the client has a mandate. */
  readonly mandate?: false;
}

/** An invoice on its way through its fate. */
export interface Story {
  readonly invoice: TestInvoice;
  readonly fate: Fate;
  /** All of the same business, this one too. */
  readonly siblings: readonly Story[];
  /** Steps that happened already. */
  done: number;
}

const AMOUNT = '120.00';
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

function onceCollected(happen: (invoice: TestInvoice, debitId: string) => unknown): Step {
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

const confirm = onceCollected(({ business }, payment) =>
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
  { name: 'refused', steps: [refuse], expected: { ...OPEN, debits: ['failed'] } },
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

/** `rounds` invoices of every fate. */
export function writeStories(business: TestBusiness, rounds: number): Story[] {
  const siblings: Story[] = [];
  for (const fate of Array.from({ length: rounds }, () => FATES).flat()) {
    const invoice = writeInvoice(business, { amount: AMOUNT, mandate: fate.mandate !== false });
    siblings.push({ invoice, fate, siblings, done: 0 });
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

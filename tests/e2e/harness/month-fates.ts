import { AMOUNT, confirm, type Fate, FATES, onceCollected, type Step, type Story } from './fates.ts';
import { debitOf, type Standing, standingOf } from './invoices.ts';

type Payment = Parameters<Story['invoice']['business']['merchant']['scenarios']['payerPays']>[0];

const PART = '40.00';
const REST = '80.00';
const BY_PAYPAL: Standing = { outstanding: '0.00', payments: [`${AMOUNT} PayPal`], debits: [] };
const BY_DEBIT: Standing = {
  outstanding: '0.00',
  payments: [`${AMOUNT} Bank Transfer`],
  debits: ['confirmed'],
};
const OPEN: Standing = { outstanding: AMOUNT, payments: [], debits: [] };

/** Somebody pays by PayPal; the capture is the story's next paper. */
function paypal(payment: (story: Story) => Partial<Payment>): Step {
  return (story) => {
    const { merchant } = story.invoice.business;
    const wanted = { amount: AMOUNT, payerEmail: 'somebody@paypal.test', ...payment(story) };
    story.papers.push(merchant.scenarios.payerPays(wanted).captureId);
    return true;
  };
}

const naming = ({ invoice }: Story): Partial<Payment> => ({ invoiceId: invoice.number });
const payNaming = paypal(naming);
const payPart = paypal((story) => ({ ...naming(story), amount: PART }));
const payUnderOwnMail = paypal(({ invoice }) => ({ payerEmail: invoice.client.email }));
const payOutOfTheBlue = paypal(() => ({ amount: '99.99' }));

/** When a debit of the amount waits at GoCardless. */
const onceDebited = (step: Step): Step => {
  const isDebited = onceCollected(() => undefined);
  return (story) => isDebited(story) && step(story);
};

/** When the books show these payments. */
const onceBooked =
  (payments: readonly string[], step: Step): Step =>
  (story) =>
    standingOf(story.invoice).payments.join() === payments.join() && step(story);

const submit = onceCollected(({ business }, payment) =>
  business.organisation.scenarios.submitPayment({ payment }),
);
const confirmSubmitted: Step = ({ invoice }) => {
  invoice.business.organisation.scenarios.confirmPayment({ payment: debitOf(invoice).id });
  return true;
};
const failForNow = onceCollected(({ business }, payment) =>
  business.organisation.scenarios.failPayment({ payment, willAttemptRetry: true }),
);
const retry: Step = ({ invoice }) => {
  invoice.business.organisation.scenarios.retryPayment({ payment: debitOf(invoice).id });
  return true;
};
const payByHand = onceCollected(({ business, id }) =>
  business.desk.recordPayment({ invoiceId: id, amount: AMOUNT, type: 'Check' }),
);
const setUpMandate: Step = ({ invoice: { business, client } }) => {
  business.organisation.scenarios.addPayer({ email: client.email });
  return true;
};
const refundPart: Step = ({ invoice, papers }) => {
  const [captureId = ''] = papers;
  papers.push(invoice.business.merchant.scenarios.refund({ captureId, amount: PART }).refundId);
  return true;
};
const dispute: Step = ({ invoice, papers }) => {
  const [paymentId = ''] = papers;
  papers.push(invoice.business.merchant.scenarios.openDispute({ paymentId }).disputeId);
  return true;
};
const winDispute: Step = ({ invoice, papers }) => {
  const [, disputeId = ''] = papers;
  const outcome = 'RESOLVED_SELLER_FAVOUR';
  invoice.business.merchant.scenarios.resolveDispute({ disputeId, outcome });
  return true;
};

const DEBITS: readonly Fate[] = [
  { name: 'failed, retried, confirmed', steps: [failForNow, retry, confirm], expected: BY_DEBIT },
  { name: 'mandate set up later', mandate: false, steps: [setUpMandate, confirm], expected: BY_DEBIT },
  {
    name: 'never a mandate',
    mandate: false,
    steps: [],
    expected: OPEN,
    asked: [{ kind: 'no_mandate', about: 'invoice', amount: AMOUNT }],
  },
  {
    name: 'paid by hand while the debit waited',
    steps: [payByHand],
    expected: { outstanding: '0.00', payments: [`${AMOUNT} Check`], debits: ['cancelled'] },
  },
];

const CAPTURES: readonly Fate[] = [
  { name: 'PayPal by e-mail and amount', mandate: false, steps: [payUnderOwnMail], expected: BY_PAYPAL },
  {
    name: 'PayPal pays a part',
    mandate: false,
    steps: [payPart],
    expected: { outstanding: REST, payments: [`${PART} PayPal`], debits: [] },
    asked: [{ kind: 'no_mandate', about: 'invoice', amount: REST }],
  },
  {
    name: 'two invoices fit one PayPal payment',
    mandate: false,
    steps: [payUnderOwnMail],
    expected: OPEN,
    twin: OPEN,
    asked: [
      { kind: 'ambiguous_match', about: 0, amount: AMOUNT },
      { kind: 'no_mandate', about: 'invoice', amount: AMOUNT },
      { kind: 'no_mandate', about: 'twin', amount: AMOUNT },
    ],
  },
  {
    name: 'two PayPal payments for two like invoices',
    mandate: false,
    steps: [payUnderOwnMail, payUnderOwnMail],
    expected: BY_PAYPAL,
    twin: BY_PAYPAL,
  },
  {
    name: 'PayPal from somebody unknown',
    mandate: false,
    steps: [payOutOfTheBlue],
    expected: OPEN,
    asked: [
      { kind: 'unmatched_payment', about: 0, amount: '99.99' },
      { kind: 'no_mandate', about: 'invoice', amount: AMOUNT },
    ],
  },
  {
    name: 'PayPal refunded in part',
    mandate: false,
    steps: [payNaming, refundPart],
    expected: BY_PAYPAL,
    asked: [{ kind: 'refund', about: 1, amount: PART }],
  },
  {
    name: 'PayPal disputed',
    mandate: false,
    steps: [payNaming, dispute],
    expected: BY_PAYPAL,
    asked: [{ kind: 'dispute', about: 1, amount: AMOUNT }],
  },
  {
    name: 'PayPal dispute won',
    mandate: false,
    steps: [payNaming, dispute, winDispute],
    expected: BY_PAYPAL,
  },
];

const TWO_RAILS: readonly Fate[] = [
  {
    name: 'PayPal while the debit waited',
    steps: [onceDebited(payNaming)],
    expected: { ...BY_PAYPAL, debits: ['cancelled'] },
  },
  {
    name: 'PayPal pays a part of what is debited',
    steps: [onceDebited(payPart), onceBooked([`${PART} PayPal`], confirm)],
    expected: {
      outstanding: '0.00',
      payments: [`${PART} PayPal`, `${REST} Bank Transfer`],
      debits: ['cancelled', 'confirmed'],
    },
  },
  {
    name: 'PayPal when the debit was on its way',
    steps: [submit, payNaming, onceBooked([`${AMOUNT} PayPal`], confirmSubmitted)],
    expected: { ...BY_PAYPAL, debits: ['confirmed'] },
    asked: [
      { kind: 'double_payment_risk', about: 'invoice', amount: AMOUNT },
      { kind: 'overpayment', about: 'debit', amount: AMOUNT },
    ],
  },
  {
    name: 'PayPal when the debit was booked',
    steps: [confirm, onceBooked([`${AMOUNT} Bank Transfer`], payNaming)],
    expected: BY_DEBIT,
    asked: [{ kind: 'overpayment', about: 0, amount: AMOUNT }],
  },
];

/** Everything that may become of an invoice in a month, at all three providers. */
export const MONTH_FATES: readonly Fate[] = [...FATES, ...DEBITS, ...CAPTURES, ...TWO_RAILS];

import type { Sandbox } from '@mlc/sandbox';
import { ORDINARY } from './ordinary-stories.ts';
import { paidBy, type Props, type Story } from './story.ts';

const MANDATES: readonly Story[] = [
  {
    title: 'no mandate, set up two weeks later',
    currency: 'GBP',
    amount: '200.00',
    createdOn: 2,
    dueInDays: 5,
    payer: 'none',
    then: {
      12: ({ sandbox, email }) =>
        sandbox.gocardless.scenarios.addPayer({ email, companyName: 'Came Late Ltd' }),
    },
    expected: paidBy(),
  },
  {
    title: 'no mandate at all',
    currency: 'GBP',
    amount: '75.00',
    createdOn: 3,
    dueInDays: 14,
    payer: 'none',
    expected: { outstanding: '75.00', payments: 0, debits: [], asked: ['no_mandate'] },
  },
  {
    title: 'two customers on one e-mail',
    currency: 'GBP',
    amount: '330.00',
    createdOn: 3,
    dueInDays: 14,
    payer: 'twins',
    expected: { outstanding: '330.00', payments: 0, debits: [], asked: ['ambiguous_customer'] },
  },
];

const EDITS: readonly Story[] = [
  {
    title: 'edited before the debit was submitted',
    currency: 'GBP',
    amount: '500.00',
    createdOn: 1,
    dueInDays: 14,
    payer: 'mandate',
    then: { 3: ({ sandbox, invoiceId }) => sandbox.freshbooks.desk().changeAmount(invoiceId, '560.00') },
    expected: paidBy(['cancelled', 'paid_out']),
  },
  {
    title: 'deleted before the debit was submitted',
    currency: 'EUR',
    amount: '99.00',
    createdOn: 1,
    dueInDays: 14,
    payer: 'mandate',
    then: { 4: ({ sandbox, invoiceId }) => sandbox.freshbooks.desk().deleteInvoice(invoiceId) },
    expected: { outstanding: '99.00', payments: 0, debits: ['cancelled'] },
  },
  {
    title: 'paid by hand while the debit waited',
    currency: 'GBP',
    amount: '145.00',
    createdOn: 2,
    dueInDays: 15,
    payer: 'mandate',
    then: {
      5: ({ sandbox, invoiceId }) =>
        sandbox.freshbooks.desk().recordPayment({ invoiceId, amount: '145.00', type: 'Check' }),
    },
    expected: { outstanding: '0.00', payments: 1, debits: ['cancelled'] },
  },
  {
    title: 'still a draft',
    currency: 'GBP',
    amount: '700.00',
    createdOn: 4,
    dueInDays: 10,
    payer: 'mandate',
    draft: true,
    expected: { outstanding: '700.00', payments: 0, debits: [] },
  },
];

/** The sandbox's invoices are dated by their own day; go-live is 1 October (see BUSINESS_START). */
const OUTSIDE: readonly Story[] = [
  {
    title: 'retainer on a GoCardless subscription',
    currency: 'GBP',
    amount: '250.00',
    createdOn: 5,
    dueInDays: 10,
    payer: 'mandate',
    before: (props) => subscribe(props, { amount: 25_000, startDate: '2026-10-16' }),
    expected: paidBy(),
  },
  {
    title: 'older than go-live, debited by hand',
    currency: 'GBP',
    amount: '60.00',
    createdOn: -10,
    dueInDays: 30,
    payer: 'mandate',
    then: {
      6: ({ sandbox, mandateId, invoiceNumber }) =>
        sandbox.gocardless.scenarios.addForeignPayment({
          mandate: mandateId ?? '',
          amount: 6_000,
          description: invoiceNumber,
        }),
    },
    expected: paidBy(),
  },
];

const REVERSALS: readonly Story[] = [
  {
    title: 'failed, retried by GoCardless, paid',
    currency: 'GBP',
    amount: '410.00',
    createdOn: 1,
    dueInDays: 7,
    payer: 'mandate',
    before: plan([{ kind: 'failed', willAttemptRetry: true }, { kind: 'paid' }]),
    expected: paidBy(),
  },
  {
    title: 'failed for good',
    currency: 'GBP',
    amount: '155.00',
    createdOn: 1,
    dueInDays: 7,
    payer: 'mandate',
    before: plan([{ kind: 'failed', willAttemptRetry: false }]),
    expected: { outstanding: '155.00', payments: 0, debits: ['failed'], asked: ['not_collected'] },
  },
  {
    title: 'failed late, after it was paid out',
    currency: 'GBP',
    amount: '820.00',
    createdOn: 1,
    dueInDays: 7,
    payer: 'mandate',
    before: plan([{ kind: 'late_failure' }]),
    expected: { outstanding: '820.00', payments: 0, debits: ['failed'] },
  },
  {
    title: 'charged back',
    currency: 'GBP',
    amount: '1999.99',
    createdOn: 1,
    dueInDays: 7,
    payer: 'mandate',
    before: plan([{ kind: 'charged_back' }]),
    expected: { outstanding: '1999.99', payments: 0, debits: ['charged_back'] },
  },
  {
    title: 'charged back in euro',
    currency: 'EUR',
    amount: '730.00',
    createdOn: 2,
    dueInDays: 7,
    payer: 'mandate',
    before: plan([{ kind: 'charged_back' }]),
    expected: { outstanding: '730.00', payments: 0, debits: ['charged_back'] },
  },
];

/** The merchant sets up a monthly retainer in GoCardless, through its API as any tool would. */
async function subscribe(
  { sandbox, mandateId }: Props,
  { amount, startDate }: { amount: number; startDate: string },
): Promise<void> {
  const subscription = {
    amount,
    currency: 'GBP',
    interval_unit: 'monthly',
    start_date: startDate,
    links: { mandate: mandateId },
  };
  const response = await fetch(`${sandbox.urls.gocardless}/subscriptions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sandbox.gocardless.accessToken}`,
      'gocardless-version': '2015-07-06',
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify({ subscriptions: subscription }),
  });
  if (!response.ok) throw new Error(`the sandbox refused the subscription: ${await response.text()}`);
}

type Outcomes = Parameters<Sandbox['gocardless']['scenarios']['planNextPayment']>[0]['outcomes'];

function plan(outcomes: Outcomes): (props: Props) => void {
  return ({ sandbox, mandateId }) =>
    sandbox.gocardless.scenarios.planNextPayment({ mandate: mandateId ?? '', outcomes });
}

/** Invoices paid by debit, and what can go wrong with that. */
export const DEBIT_STORIES: readonly Story[] = [...ORDINARY, ...MANDATES, ...EDITS, ...OUTSIDE, ...REVERSALS];

import { paidBy, type Props, type Story } from './story.ts';

/** What payouts and the end of the month have to explain. */
export const PAYOUT_STORIES: readonly Story[] = [
  {
    title: 'debited in September, paid out in October',
    currency: 'GBP',
    amount: '95.00',
    createdOn: -10,
    dueInDays: 20,
    payer: 'mandate',
    then: {
      0: ({ sandbox, mandateId, invoiceNumber }) =>
        sandbox.gocardless.scenarios.addForeignPayment({
          mandate: mandateId ?? '',
          amount: 9_500,
          chargeDate: '2026-09-30',
          description: invoiceNumber,
        }),
    },
    expected: paidBy(),
  },
  {
    title: 'partly refunded from a later payout',
    currency: 'GBP',
    amount: '380.00',
    createdOn: 1,
    dueInDays: 7,
    payer: 'mandate',
    then: { 16: (props) => props.papers.push(refund(props, 8_000)) },
    expected: { ...paidBy(), asked: ['refund'] },
  },
  {
    title: 'another tool debits the same client too',
    currency: 'GBP',
    amount: '270.00',
    createdOn: 2,
    dueInDays: 12,
    payer: 'mandate',
    then: {
      4: ({ sandbox, mandateId }) =>
        sandbox.gocardless.scenarios.addForeignPayment({
          mandate: mandateId ?? '',
          amount: STRANGER_MINOR,
          description: 'Membership',
        }),
    },
    expected: { ...paidBy(['paid_out', 'paid_out']), asked: ['unmatched_payment'] },
  },
  {
    title: 'in euro, paid out in pounds',
    currency: 'EUR',
    amount: '545.00',
    createdOn: 22,
    dueInDays: 3,
    payer: 'mandate',
    expected: paidBy(),
  },
  {
    title: 'still at GoCardless at the month end',
    currency: 'GBP',
    amount: '1450.00',
    createdOn: 26,
    dueInDays: 3,
    payer: 'mandate',
    expected: paidBy(),
  },
];

/** What the other tool collects: on no invoice, but in a payout. */
export const STRANGER_MINOR = 8_800;

/** In GoCardless' dashboard; its id is kept for the check. */
function refund({ sandbox, invoiceId }: Props, amount: number): string {
  const { gocardless } = sandbox;
  const debit = gocardless
    .books()
    .payments.find(({ metadata }) => metadata['freshbooks_invoice_id'] === String(invoiceId));
  if (debit === undefined) throw new Error(`no debit for invoice ${invoiceId} to refund`);
  return gocardless.scenarios.refundPayment({ payment: debit.id, amount }).id;
}

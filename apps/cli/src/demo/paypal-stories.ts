import { paidBy, type Props, type Story } from './story.ts';

type Payment = Parameters<Props['sandbox']['paypal']['scenarios']['payerPays']>[0];

/** The payer pays the story's invoice by PayPal; its id is kept for the check. */
function pays(props: Props, payment: Payment): string {
  const capture = props.sandbox.paypal.scenarios.payerPays({
    payerEmail: 'somebody@paypal.test',
    ...payment,
  });
  props.papers.push(capture.captureId);
  return capture.captureId;
}

const byReference = (amount: string) => (props: Props) =>
  pays(props, { amount, invoiceId: props.invoiceNumber });

function story(title: string, facts: Omit<Partial<Story>, 'title'> & Pick<Story, 'expected'>): Story {
  return { title, currency: 'GBP', amount: '180.00', createdOn: 2, dueInDays: 20, payer: 'none', ...facts };
}

/** Invoices paid by PayPal: matched, questioned, given back, and paid on two rails. */
export const PAYPAL_STORIES: readonly Story[] = [
  story('PayPal names the invoice', { then: { 4: byReference('180.00') }, expected: paidBy([]) }),
  story('PayPal, known by e-mail and amount', {
    amount: '77.70',
    then: { 5: (props) => pays(props, { amount: '77.70', payerEmail: props.email }) },
    expected: paidBy([]),
  }),
  story('PayPal pays a part', {
    amount: '300.00',
    then: { 6: byReference('100.00') },
    expected: { outstanding: '200.00', payments: 1, debits: [], asked: ['no_mandate'] },
  }),
  story('PayPal, but two invoices fit', {
    amount: '64.00',
    then: {
      3: ({ sandbox, clientId }) =>
        sandbox.freshbooks.desk().createInvoice({ clientId, amount: '64.00', dueInDays: 20 }),
      7: (props) => pays(props, { amount: '64.00', payerEmail: props.email }),
    },
    expected: { outstanding: '64.00', payments: 0, debits: [], asked: ['ambiguous_match', 'no_mandate'] },
  }),
  story('PayPal webhook lost, found by polling', {
    amount: '41.00',
    then: { 8: (props) => pays(props, { amount: '41.00', invoiceId: props.invoiceNumber, webhook: 'lost' }) },
    expected: paidBy([]),
  }),
  story('PayPal payment partly refunded', {
    amount: '90.00',
    then: {
      5: byReference('90.00'),
      9: ({ sandbox, papers: [captureId = ''], papers }) =>
        papers.push(sandbox.paypal.scenarios.refund({ captureId, amount: '30.00' }).refundId),
    },
    expected: { ...paidBy([]), asked: ['refund'] },
  }),
  story('PayPal payment refunded in full', {
    amount: '52.00',
    then: {
      6: byReference('52.00'),
      12: ({ sandbox, papers: [captureId = ''], papers }) =>
        papers.push(sandbox.paypal.scenarios.refund({ captureId }).refundId),
    },
    expected: { ...paidBy([]), asked: ['refund'] },
  }),
  story('PayPal payment disputed', {
    amount: '66.00',
    then: {
      5: byReference('66.00'),
      11: ({ sandbox, papers: [paymentId = ''], papers }) =>
        papers.push(sandbox.paypal.scenarios.openDispute({ paymentId }).disputeId),
    },
    expected: { ...paidBy([]), asked: ['dispute'] },
  }),
  story('PayPal while the debit waited', {
    amount: '215.00',
    payer: 'mandate',
    then: { 5: byReference('215.00') },
    expected: paidBy(['cancelled']),
  }),
  story('PayPal when the debit was on its way', {
    amount: '120.50',
    payer: 'mandate',
    dueInDays: 5,
    then: { 7: byReference('120.50') },
    expected: { ...paidBy(['paid_out']), asked: ['double_payment_risk', 'overpayment'] },
  }),
];

import {
  type Capture,
  type Collection,
  type FlowContext,
  formatMoney,
  type Invoice,
  pendingPaymentsFor,
  type Review,
} from '@mlc/core';
import { type Question, toldToGoAhead } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';

const KIND = 'double_payment_risk';

/** A pending payment and the debit that collects the same invoice. */
export interface PendingBeside {
  readonly capture: Pick<Capture, 'id' | 'amount'>;
  readonly invoice: Pick<Invoice, 'id' | 'number'>;
  readonly collection: Collection;
}

/** The client may be about to pay twice. */
export function pendingRisk({ capture, invoice, collection }: PendingBeside): Question {
  const debit = collection.paymentId ?? `attempt ${collection.attempt}`;
  return {
    kind: KIND,
    subject: invoiceSubject(invoice.id),
    amount: collection.amount,
    reasons: [
      `PayPal payment ${capture.id} of ${formatMoney(capture.amount)} for invoice ${invoice.number} is pending while debit ` +
        `${debit} of ${formatMoney(collection.amount)} is under way: if both come through, the client pays twice.`,
      'Nothing is cancelled by itself, because a pending payment can still bounce. Cancel the debit in GoCardless as long as ' +
        'that is possible, or leave both; this closes when the PayPal payment ends.',
    ],
    covers: `${coversOf(capture.id)} and debit ${debit}`,
  };
}

/** An invoice that a pending payment is for is not debited meanwhile. */
function pendingInstead(invoice: Invoice, captureId: string): Question {
  return {
    kind: KIND,
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `PayPal payment ${captureId} for invoice ${invoice.number} is pending: no debit is made for ` +
        `${formatMoney(invoice.outstanding)} until it ends.`,
      'The invoice is collected by itself if the PayPal payment comes to nothing. Retry to debit it all the same.',
    ],
    covers: `${coversOf(captureId)} instead of a debit`,
  };
}

/** Asked instead of debiting while a payment for the invoice is pending; null when none is, or a person said to go ahead. */
export async function questionWhilePending(context: FlowContext, invoice: Invoice): Promise<Question | null> {
  const beginning = pendingPaymentsFor(invoice.id);
  const [first] = await context.store.events.awaited(beginning);
  if (first === undefined) return null;
  const question = pendingInstead(invoice, first.slice(beginning.length));
  return (await toldToGoAhead(context, question)) ? null : question;
}

function coversOf(captureId: string): string {
  return `pending PayPal payment ${captureId}`;
}

/** Open questions that were asked because the payment is pending. */
export async function pendingRisksOf(
  { store }: Pick<FlowContext, 'store'>,
  captureId: string,
): Promise<readonly Review[]> {
  const open = await store.reviews.openOfKind(KIND);
  return open.filter(({ covers }) => covers?.startsWith(`${coversOf(captureId)} `) === true);
}

import { type FlowResult, formatMoney, type Job, type Money, settles, type Subject } from '@mlc/core';
import { ask } from './review.ts';

/** A refund that came to nothing. */
export interface UndoneRefund {
  readonly subject: Subject;
  /** Who gave it, with its id: `PayPal refund R1`. */
  readonly title: string;
  readonly amount: Money;
  /** The provider's word for it. */
  readonly status: string;
}

/**
 * Nothing was given back after all: the question whether and how the invoice shows it is over. A person who had dealt with
 * it may have made a credit note: they are told to undo it.
 */
export async function refundUndone(
  job: Job,
  { subject, title, amount, status }: UndoneRefund,
): Promise<FlowResult> {
  const covers = `came to nothing: ${status}`;
  const dealtWith = await job.store.reviews.lastAnswer('refund', subject);
  if (dealtWith?.resolution?.action === 'done' || dealtWith?.covers === covers) {
    const reasons = [
      `${title} of ${formatMoney(amount)} is ${status} after it was dealt with: the money stayed.`,
      'Undo what was done for it on the invoice (the credit note, the smaller or deleted payment), then resolve this with done.',
    ];
    return ask(job, { kind: 'refund', subject, amount, reasons, covers });
  }
  const why = `the refund is ${status}`;
  return { state: 'done', reason: why, effects: [settles(['refund'], subject, why)] };
}

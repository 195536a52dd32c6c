import {
  type DebitRefund,
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  skipped,
  type Subject,
} from '@mlc/core';
import { refundLock } from '../running/locks.ts';
import { notShown } from '../running/not-shown.ts';
import { refundUndone } from '../asking/refund-undone.ts';
import { ask } from '../asking/review.ts';
import { whyDebitOfOthers, whyOfOthers } from '../debits/whose.ts';

/** Statuses in which the money stayed, or came back (gocardless.md 2.9 and 3; the event says `failed` for `bounced`). */
const NOTHING_LEFT = new Set(['failed', 'bounced', 'cancelled', 'funds_returned']);

/** Which refund, and what the event says happened to it. */
export type RefundNews = Pick<Extract<DomainEvent, { kind: 'debit-refund-changed' }>, 'refundId' | 'action'>;

/** Money was given back to a payer: shown and asked about, never turned into a credit by itself (design section 7). */
export async function refundChanged(job: Job, { refundId, action }: RefundNews): Promise<FlowResult> {
  const subject: Subject = { provider: 'gocardless', type: 'refund', id: refundId };
  return job.locks.withLock(refundLock(job, refundId), async () => {
    const refund = await job.payouts.getRefund(refundId);
    const of = { provider: 'GoCardless', operation: 'getRefund' } as const;
    if (refund === null) throw notShown({ ...of, says: `has no refund ${refundId}` });
    const theirs = await whyRefundOfOthers(job, refund);
    if (theirs !== null) return skipped('of-another-business', `refund ${refundId} is not ours: ${theirs}`);
    const { status } = refund;
    if (NOTHING_LEFT.has(action ?? '') && !NOTHING_LEFT.has(status))
      throw notShown({
        ...of,
        says: `shows refund ${refundId} as ${status}, and told of it as ${action ?? ''}`,
      });
    if (NOTHING_LEFT.has(status)) {
      const { amount } = refund;
      return refundUndone(job, {
        subject,
        title: `GoCardless refund ${refundId}`,
        amount,
        status,
      });
    }
    const paid = refund.paymentId ?? refund.mandateId ?? 'unknown';
    return ask(job, {
      kind: 'refund',
      subject,
      amount: refund.amount,
      reasons: [
        `GoCardless gave back ${formatMoney(refund.amount)} of ${refund.paymentId === null ? 'mandate' : 'payment'} ${paid} ` +
          `(refund ${refundId}, ${refund.status}).`,
        'Decide how the invoice is to show it: a smaller payment, a deleted one, or a credit note.',
      ],
      covers: refund.status === 'paid' ? 'paid' : 'under way',
    });
  });
}

/** A refund is the business's that the refunded debit (or mandate) is of; null when it may be ours. */
async function whyRefundOfOthers(
  context: FlowContext,
  { paymentId, mandateId, ...refund }: DebitRefund,
): Promise<string | null> {
  const said = whyOfOthers(context, refund);
  if (said !== null) return said;
  if (paymentId === null) {
    const mandate = mandateId === null ? null : await context.debits.getMandate(mandateId);
    return mandate === null ? null : whyOfOthers(context, mandate);
  }
  if ((await context.store.collections.byPayment(paymentId)) !== null) return null;
  const debit = await context.debits.getDebit(paymentId);
  return debit === null ? null : whyDebitOfOthers(context, debit);
}

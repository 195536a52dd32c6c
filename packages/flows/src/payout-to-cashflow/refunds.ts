import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  skipped,
  type Subject,
} from '@mlc/core';
import { refundLock } from '../shared/locks.ts';
import { refundUndone } from '../shared/refund-undone.ts';
import { ask } from '../shared/review.ts';

/** Statuses in which the money stayed, or came back (gocardless.md 2.9 and 3; the event says `failed` for `bounced`). */
const NOTHING_LEFT = new Set(['failed', 'bounced', 'cancelled', 'funds_returned']);

/** Money was given back to a payer: shown and asked about, never turned into a credit by itself (design section 7). */
export async function refundChanged(
  context: FlowContext,
  inbound: InboundEvent,
  refundId: string,
): Promise<FlowResult> {
  const subject: Subject = { provider: 'gocardless', type: 'refund', id: refundId };
  return context.locks.withLock(refundLock(context, refundId), async () => {
    const refund = await context.payouts.getRefund(refundId);
    if (refund === null)
      return skipped('nothing-to-show', `GoCardless has no refund ${refundId} (a test event?)`);
    if (NOTHING_LEFT.has(refund.status)) {
      const { amount, status } = refund;
      return refundUndone(context, inbound, {
        subject,
        title: `GoCardless refund ${refundId}`,
        amount,
        status,
      });
    }
    const of = refund.paymentId ?? refund.mandateId ?? 'unknown';
    return ask(context, inbound, {
      kind: 'refund',
      subject,
      amount: refund.amount,
      reasons: [
        `GoCardless gave back ${formatMoney(refund.amount)} of ${refund.paymentId === null ? 'mandate' : 'payment'} ${of} ` +
          `(refund ${refundId}, ${refund.status}).`,
        'Decide how the invoice is to show it: a smaller payment, a deleted one, or a credit note.',
      ],
      covers: refund.status === 'paid' ? 'paid' : 'under way',
    });
  });
}

import { type Capture, dateIn, type FlowContext, type InboundEvent, type Money } from '@mlc/core';
import { bookFeeExpense } from '../shared/book-expense.ts';
import { captureSubject } from '../shared/review.ts';

/** By policy `paypalFees: expense` the fee of a capture becomes a FreshBooks expense, once (design section 8). */
export async function bookFee(context: FlowContext, inbound: InboundEvent, capture: Capture): Promise<void> {
  const fee = feeToBook(context, capture);
  if (fee === null) return;
  await bookFeeExpense(context, inbound, {
    source: { provider: 'paypal', id: capture.id },
    subject: captureSubject(capture.id),
    title: `PayPal fee ${capture.id}`,
    amount: fee,
    date: dateIn(context.business.timezone, new Date(capture.createdAt)),
  });
}

/** Null when nothing is to be booked: policy, or no fee. */
export function feeToBook(context: FlowContext, capture: Capture): Money | null {
  const { paypalFees } = context.business.policy;
  if (paypalFees !== 'expense' || capture.fee === null || capture.fee.minor <= 0n) return null;
  return capture.fee;
}

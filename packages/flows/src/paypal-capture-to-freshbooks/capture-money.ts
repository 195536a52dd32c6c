import { addDays, type Capture, dateIn, type FlowContext } from '@mlc/core';
import type { MoneyIn } from '../shared/book-payment.ts';
import { captureSubject } from '../shared/review.ts';

/** A capture as the books know money; dated by the business's own calendar (contract section 6). */
export function moneyOf(context: FlowContext, capture: Capture): MoneyIn {
  return {
    provider: 'paypal',
    id: capture.id,
    title: `PayPal ${capture.id}`,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    date: dateIn(context.business.timezone, new Date(capture.createdAt)),
    // The day in UTC: no zone is further behind than one.
    bookedSince: addDays(capture.createdAt.slice(0, 10), -1),
    type: 'PayPal',
  };
}

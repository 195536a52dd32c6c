import { addDays, type BookPayment, type Capture, type CaptureStatus, type EndingCode } from '@mlc/core';

/** What a capture's state means for the books. */
export type CaptureDecision =
  | { readonly kind: 'book' }
  | { readonly kind: 'nothing'; readonly because: EndingCode; readonly reason: string };

/** Money counts from COMPLETED on; what was given back later is a question, never a credit (design section 7). */
const MONEY_MOVED: ReadonlySet<CaptureStatus> = new Set([
  'completed',
  'partially_refunded',
  'refunded',
  'reversed',
]);

/** Whether this capture is ours to book, whatever event told of it. */
export function decideCapture(capture: Capture, merchantId: string): CaptureDecision {
  if (capture.merchantId !== null && capture.merchantId !== merchantId) {
    const reason = `paid to merchant ${capture.merchantId}, not to ours`;
    return { kind: 'nothing', because: 'paid-to-another', reason };
  }
  if (MONEY_MOVED.has(capture.status)) return { kind: 'book' };
  return { kind: 'nothing', because: 'nothing-moved', reason: `PayPal says ${capture.status}` };
}

/** Rule 0: the transaction already stands in the books by its id, in note or order id. Our own entries have keys instead. */
export function bookedByName(payments: readonly BookPayment[], capture: Capture): BookPayment | null {
  const named = payments.find(
    (payment) => payment.orderId === capture.id || payment.note.split(/[\s,;·]+/).includes(capture.id),
  );
  return named ?? null;
}

/**
 * Rule 0 for what FreshBooks' own PayPal gateway recorded without the id: entries that may be this capture, by amount and
 * day. FreshBooks dates them by the business's day, which may be the one before that of UTC.
 */
export function maybeByGateway(payments: readonly BookPayment[], capture: Capture): BookPayment[] {
  const since = dayBefore(capture.createdAt);
  const fitting = payments.filter(
    (payment) =>
      payment.gateway?.toLowerCase() === 'paypal' &&
      payment.amount.minor === capture.amount.minor &&
      payment.amount.currency === capture.amount.currency &&
      payment.date >= since,
  );
  return [...new Map(fitting.map((payment) => [payment.id, payment])).values()];
}

/** YYYY-MM-DD, a day before a moment's day in UTC: no zone is further behind. */
export function dayBefore(moment: string): string {
  return addDays(moment.slice(0, 10), -1);
}

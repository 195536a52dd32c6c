import type { BookPayment, Capture, CaptureStatus } from '@mlc/core';

/** What a capture's state means for the books. */
export type CaptureDecision =
  { readonly kind: 'book' } | { readonly kind: 'nothing'; readonly reason: string };

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
    return { kind: 'nothing', reason: `paid to merchant ${capture.merchantId}, not to ours` };
  }
  if (MONEY_MOVED.has(capture.status)) return { kind: 'book' };
  return { kind: 'nothing', reason: `PayPal says ${capture.status}` };
}

/**
 * Rule 0: the transaction already stands in the books: by its id in note or order id, or recorded by FreshBooks' own
 * PayPal gateway with the same amount. Our own entries are found by their key instead.
 */
export function alreadyBooked(payments: readonly BookPayment[], capture: Capture): BookPayment | null {
  const named = payments.find(
    (payment) => payment.orderId === capture.id || payment.note.split(/[\s,;·]+/).includes(capture.id),
  );
  if (named !== undefined) return named;
  const paidOn = capture.createdAt.slice(0, 10);
  const byGateway = payments.find(
    (payment) =>
      payment.gateway?.toLowerCase() === 'paypal' &&
      payment.amount.minor === capture.amount.minor &&
      payment.amount.currency === capture.amount.currency &&
      payment.date >= paidOn,
  );
  return byGateway ?? null;
}

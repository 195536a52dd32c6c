import { type Capture, type CaptureStatus, type EndingCode } from '@mlc/core';

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

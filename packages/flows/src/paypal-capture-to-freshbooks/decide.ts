import { type Capture, type CaptureStatus, type EndingCode } from '@mlc/core';

/** What a capture's state means for the books. */
export type CaptureDecision =
  | { readonly kind: 'book' }
  | { readonly kind: 'nothing'; readonly because: EndingCode; readonly reason: string }
  /** Our own credentials can read it, and it names a merchant that is not the business file's: one of them is wrong. */
  | { readonly kind: 'other-merchant'; readonly merchantId: string }
  /** It has not ended: it is looked at until it has. */
  | { readonly kind: 'pending'; readonly reason: string }
  /** PayPal's API is behind what PayPal told. */
  | { readonly kind: 'wait'; readonly reason: string };

/** Money counts from COMPLETED on; what was given back later is a question, never a credit (design section 7). */
const MONEY_MOVED: ReadonlySet<CaptureStatus> = new Set([
  'completed',
  'partially_refunded',
  'refunded',
  'reversed',
]);

/**
 * Whether this capture is ours to book. What PayPal says of it now decides, unless that is older than what it told: a
 * payment that was said to be completed and is pending will be seen completed, and nobody would tell of it again.
 */
export function decideCapture(capture: Capture, merchantId: string, told?: CaptureStatus): CaptureDecision {
  if (capture.merchantId !== null && capture.merchantId !== merchantId)
    return { kind: 'other-merchant', merchantId: capture.merchantId };
  if (MONEY_MOVED.has(capture.status)) return { kind: 'book' };
  const says = `PayPal says ${capture.status}`;
  if (!isBehind(capture.status, told))
    return capture.status === 'pending'
      ? { kind: 'pending', reason: says }
      : { kind: 'nothing', because: 'nothing-moved', reason: says };
  return { kind: 'wait', reason: told === undefined ? says : `${says}, and told of it as ${told}` };
}

/** A status that we do not know proves nothing. */
function isBehind(status: CaptureStatus, told: CaptureStatus | undefined): boolean {
  if (status === 'other') return true;
  if (told === undefined) return false;
  return MONEY_MOVED.has(told) || (status === 'pending' && told !== 'pending');
}

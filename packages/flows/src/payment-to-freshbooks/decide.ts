import { type DebitStatus, isBookable, type Policy, type Posting } from '@mlc/core';
import { takenBackByHand } from '../booking/by-hand.ts';

/** What the books need now that a debit stands where it stands (table of design section 5). */
export type BooksDecision =
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'post'; readonly cycle: number }
  /** A person took the payment back: they are the ones to say where it belongs. */
  | { readonly kind: 'leave-to-person'; readonly reversal: Posting }
  | { readonly kind: 'finish-post'; readonly posting: Posting }
  | { readonly kind: 'reverse'; readonly posting: Posting; readonly because: ReversalCause }
  | { readonly kind: 'settle-then-reverse'; readonly posting: Posting; readonly because: ReversalCause };

/** Why a booked payment has to go. */
export type ReversalCause = 'late_failure' | 'chargeback' | 'cancelled' | 'resubmitted';

/** The debit, the policy, and everything booked for it so far, oldest first. */
export interface BooksFacts {
  readonly status: DebitStatus;
  readonly policy: Pick<Policy, 'recordPaymentAt'>;
  readonly postings: readonly Posting[];
  /** A person took the newest entry back and named an invoice for the money since. */
  readonly isMatchedAgain?: boolean;
}

/** The newest payment entry of a debit that was not taken back. */
function activePosting(postings: readonly Posting[]): Posting | null {
  const newest = postings.findLast((posting) => posting.kind === 'payment');
  return newest === undefined || newest.state === 'reversed' ? null : newest;
}

/** State in, books out: the order and number of events plays no part. */
export function decideBooks({ status, policy, postings, isMatchedAgain }: BooksFacts): BooksDecision {
  const active = activePosting(postings);
  const cause = causeOf(status);
  if (cause !== null) return withoutMoney(active, cause, status);
  if (active?.state === 'posted') return { kind: 'nothing', reason: `already booked (${status})` };
  if (!isBookable(status, policy)) {
    return { kind: 'nothing', reason: `collecting: ${status}, booked at ${policy.recordPaymentAt}` };
  }
  if (active !== null) return { kind: 'finish-post', posting: active };
  const reversal = takenBackByHand(postings);
  if (reversal !== null && isMatchedAgain !== true) return { kind: 'leave-to-person', reversal };
  const cycles = postings.filter((posting) => posting.kind === 'payment').map((posting) => posting.cycle);
  return { kind: 'post', cycle: Math.max(0, ...cycles) + 1 };
}

function withoutMoney(active: Posting | null, because: ReversalCause, status: DebitStatus): BooksDecision {
  if (active === null || active.state === 'rejected') {
    return { kind: 'nothing', reason: `${status}, nothing was booked` };
  }
  if (active.state === 'intent') return { kind: 'settle-then-reverse', posting: active, because };
  return { kind: 'reverse', posting: active, because };
}

/** Null while the money is (provisionally) ours; otherwise why a booked payment has to go. */
function causeOf(status: DebitStatus): ReversalCause | null {
  switch (status) {
    case 'confirmed':
    case 'paid_out':
      return null;
    case 'failed':
      return 'late_failure';
    case 'charged_back':
      return 'chargeback';
    case 'cancelled':
    case 'customer_approval_denied':
      return 'cancelled';
    case 'pending_customer_approval':
    case 'pending_submission':
    case 'submitted':
      return 'resubmitted';
  }
}

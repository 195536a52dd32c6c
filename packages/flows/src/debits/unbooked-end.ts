import {
  type Collection,
  type CollectionState,
  type DebitStep,
  type FlowContext,
  isLive,
  type Mandate,
  type Policy,
} from '@mlc/core';

/** How a debit ended whose money never came into the books. */
export interface UnbookedEnd {
  /** How often it was tried again under its id before; another end of the same debit is another question. */
  readonly retries: number;
  /** GoCardless' own word for it; null when it keeps none. */
  readonly step: DebitStep | null;
  /** The mandate it was to be taken from, as it is now; null when it had none. */
  readonly mandate: Mandate | null;
}

const ENDED: ReadonlySet<CollectionState> = new Set(['failed', 'cancelled', 'charged_back']);
const ENDING: ReadonlySet<string> = new Set([
  'failed',
  'cancelled',
  'customer_approval_denied',
  'charged_back',
]);
const RETRIED = 'resubmission_requested';

/**
 * The end of a debit as the invoice sees it: it brought nothing, and nothing of it comes by itself. Null while it lives or
 * GoCardless tries again, when it was ended by us, and when it is a late loss that the policy `onLateFailure` deals with
 * ("When the money of a debit is lost" in docs/decisions.md).
 */
export async function unbookedEnd(context: FlowContext, collection: Collection): Promise<UnbookedEnd | null> {
  const { paymentId, endedBy, state } = collection;
  if (endedBy === 'us' || isLive(collection) || !ENDED.has(state)) return null;
  if (paymentId === null) return { retries: 0, step: null, mandate: await mandateOf(context, collection) };
  const postings = await context.store.postings.ofSource('gocardless', paymentId);
  const booked = postings.findLast(({ kind }) => kind === 'payment')?.state;
  if (booked === 'posted' || booked === 'intent') return null;
  const steps = await context.debits.stepsOf(paymentId);
  if (isLateLoss(steps, context.business.policy, booked === 'reversed')) return null;
  return {
    retries: steps.filter(({ action }) => action === RETRIED).length,
    step: steps.findLast(({ action }) => ENDING.has(action)) ?? null,
    mandate: await mandateOf(context, collection),
  };
}

function mandateOf({ debits }: FlowContext, { mandateId }: Collection): Promise<Mandate | null> {
  return mandateId === '' ? Promise.resolve(null) : debits.getMandate(mandateId);
}

/**
 * Whether the money was there to be booked since the debit was last tried. Under `reverse` nobody is asked then, by what
 * happened at GoCardless and not by whether it was booked in between: that depends on what was seen when. Under `review` the
 * question about the booked payment is the one; where none was booked there is no other.
 */
function isLateLoss(steps: readonly DebitStep[], policy: Policy, wasBooked: boolean): boolean {
  const lastTry = steps.findLastIndex(({ action }) => action === RETRIED);
  if (wasBooked && lastTry === -1) return true;
  if (!wasBooked && policy.onLateFailure === 'review') return false;
  return cameToPoint(steps.slice(lastTry + 1), policy);
}

function cameToPoint(steps: readonly DebitStep[], { recordPaymentAt }: Policy): boolean {
  return steps.some(
    ({ action }) => action === 'paid_out' || (action === 'confirmed' && recordPaymentAt === 'confirmed'),
  );
}

import type { FailureKind } from './connector-error.ts';

/** Limits of retrying, from configuration. All times in ms. */
export interface RetryBudget {
  /** `MLC_BACKOFF_BASE_MS`. */
  readonly backoffBaseMs: number;
  /** `MLC_BACKOFF_CAP_MS`. */
  readonly backoffCapMs: number;
  /** `MLC_MAX_ATTEMPTS`: attempts before a transient failure becomes a dead letter. */
  readonly maxAttempts: number;
  /** `MLC_SETTLE_DELAY_MS`: wait after an unclear outcome before looking whether the write happened. */
  readonly settleDelayMs: number;
}

/** What to do with a failed run. `counted` says whether it used up an attempt. */
export type RetryDecision =
  | { readonly action: 'retry'; readonly delayMs: number; readonly counted: boolean }
  | { readonly action: 'park'; readonly waitingFor: string; readonly delayMs: number }
  | { readonly action: 'dead' };

/** A failed run as the table sees it. `attempt` counts from 1 and includes the one that just failed. */
export interface FailedAttempt {
  readonly kind: FailureKind;
  readonly attempt: number;
  readonly retryAfterMs?: number;
  readonly connectionId?: string;
  /** For `not-ready`: how long it has been waited for already; left out the first time. In ms. */
  readonly waitedMs?: number;
}

/** Waited at most when a provider limits the rate without saying for how long: the windows that are known are minutes. */
const RATE_LIMIT_DEFAULT_MS = 60_000;
/** The same as a multiple of the first backoff, so that who sets a short one is not kept waiting for a minute. */
const RATE_LIMIT_DEFAULT_BACKOFFS = 60;
/** Spread added on top of a provider's wait so that all jobs of a connection do not come back at once. */
const RATE_LIMIT_SPREAD_MS = 2_000;
/**
 * What is not there yet is looked for again and again for this long before it is parked: a provider's reads are seconds
 * behind its webhooks (paypal.md), and who waits for the end of all work should see it booked.
 */
const PATIENCE_MS = 20_000;
/** The same as a multiple of the first backoff, for who sets a short one, and the least of it. */
const PATIENCE_BACKOFFS = 20;
const PATIENCE_MIN_MS = 5_000;
const WAIT_FACTOR = 10;
/** What is waited for when a provider does not show (yet) what it told of. */
export const WAITING_FOR_PROVIDER = 'provider';
/** How rare the looks at what a provider does not show become. */
const UNSEEN_RECHECK_MS = 15 * 60 * 1000;
/** How long parked work sleeps before it looks again by itself. */
export const PARK_RECHECK_MS = 6 * 60 * 60 * 1000;
/** Parked work older than this becomes a review (design section 11: bounded at 30 days). */
export const PARK_LIMIT_MS = 30 * 24 * 60 * 60 * 1000;
/**
 * What a provider told of and still does not show after this long is asked about, while it goes on being looked at. Its
 * objects lag by minutes, PayPal's list, which has what its objects do not, by 3 h (paypal.md 4.4): asked earlier, each such
 * payment would be a question that answers itself. Later, money would be kept from people that they could look for.
 */
export const ASK_AFTER_MS = 4 * 60 * 60 * 1000;

/**
 * Exponential backoff with full jitter: uniform in [0, min(cap, base·2^(attempt-1))].
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter". `random` is uniform in [0, 1).
 */
export function backoffMs(attempt: number, budget: RetryBudget, random: number): number {
  const ceiling = Math.min(budget.backoffCapMs, budget.backoffBaseMs * 2 ** Math.min(attempt - 1, 40));
  return Math.floor(random * (ceiling + 1));
}

/** How long to wait after a 429 that does not say for how long: a minute with the backoff as it is by default. */
export function unsaidWaitMs(budget: Pick<RetryBudget, 'backoffBaseMs'>): number {
  return Math.min(RATE_LIMIT_DEFAULT_MS, budget.backoffBaseMs * RATE_LIMIT_DEFAULT_BACKOFFS);
}

/** The one table that turns failure kinds into what happens next (design section 11). */
export function decideRetry(failed: FailedAttempt, budget: RetryBudget, random: number): RetryDecision {
  const exhausted = failed.attempt >= budget.maxAttempts;
  switch (failed.kind) {
    case 'transient':
    case 'conflict':
      if (exhausted) return { action: 'dead' };
      return { action: 'retry', delayMs: backoffMs(failed.attempt, budget, random), counted: true };
    case 'outcome-unknown':
      if (exhausted) return { action: 'dead' };
      return { action: 'retry', delayMs: budget.settleDelayMs, counted: true };
    case 'rate-limited': {
      const waitMs = failed.retryAfterMs ?? unsaidWaitMs(budget);
      return { action: 'retry', delayMs: waitMs + Math.floor(random * RATE_LIMIT_SPREAD_MS), counted: false };
    }
    case 'unauthorised':
      return {
        action: 'park',
        waitingFor: waitingForConnection(failed.connectionId ?? 'unknown'),
        delayMs: PARK_RECHECK_MS,
      };
    case 'not-ready':
      return decideWait(failed, budget, random);
    case 'rejected':
      return { action: 'dead' };
  }
}

/**
 * What is not there yet: a look after the first backoff, one or two more, the last when patience ends, then it is parked.
 * Each wait is a multiple of the time waited so far, so that what is a moment late is seen a moment later, and a delivery
 * full of unknown objects does not use up what the provider allows. It is no failed attempt and uses up none.
 */
function decideWait(
  { waitedMs = 0, retryAfterMs = 0 }: FailedAttempt,
  budget: RetryBudget,
  random: number,
): RetryDecision {
  const patienceMs = patienceOf(budget);
  if (waitedMs >= patienceMs || retryAfterMs > patienceMs) {
    const delayMs = Math.max(UNSEEN_RECHECK_MS, retryAfterMs);
    return { action: 'park', waitingFor: WAITING_FOR_PROVIDER, delayMs };
  }
  const grownMs = Math.max(Math.min(budget.backoffBaseMs, budget.backoffCapMs), waitedMs * WAIT_FACTOR);
  const jitteredMs = Math.ceil(grownMs * (1 - random / 2));
  const delayMs = Math.max(retryAfterMs, Math.min(jitteredMs, patienceMs - waitedMs));
  return { action: 'retry', delayMs, counted: false };
}

/** How long something that is not there yet is looked for before it is parked, in ms. */
function patienceOf({ backoffBaseMs }: RetryBudget): number {
  return Math.min(PATIENCE_MS, Math.max(PATIENCE_MIN_MS, backoffBaseMs * PATIENCE_BACKOFFS));
}

/** What the waits for connections begin with. */
export const WAITING_FOR_CONNECTION = 'connection:';

/** What parked work waits for when a connection needs new credentials. */
export function waitingForConnection(connectionId: string): string {
  return `${WAITING_FOR_CONNECTION}${connectionId}`;
}

/** What parked work waits for when a client needs a mandate. */
export function waitingForMandate(clientId: string): string {
  return `mandate:${clientId}`;
}

/** What parked work waits for when a limit of the business is used up for the day. */
export const WAITING_FOR_LIMIT = 'limit';

/** What the waits for payments that have not ended begin with. */
export const WAITING_FOR_PENDING = 'pending-payment:';

/** What parked work waits for when a payment is pending; `invoiceId` is what it is for, null when it names none. */
export function waitingForPendingPayment(invoiceId: string | null, paymentId: string): string {
  return `${pendingPaymentsFor(invoiceId)}${paymentId}`;
}

/** What the waits for pending payments of one invoice begin with. */
export function pendingPaymentsFor(invoiceId: string | null): string {
  return `${WAITING_FOR_PENDING}${invoiceId ?? ''}:`;
}

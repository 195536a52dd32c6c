import {
  ConnectorError,
  HttpFailure,
  type ConnectorFailure,
  type FailureKind,
  type RateLimiter,
} from '@mlc/core';
import { httpDateMs } from './http-date.ts';

/** One call to a provider, in the words its failures use. */
export interface CallInWords {
  /** `freshbooks`, `gocardless`. */
  readonly provider: string;
  /** `createPayment`. */
  readonly operation: string;
  /** It changes something at the provider, so an unclear answer is `outcome-unknown`. */
  readonly write: boolean;
  /** `METHOD path` and the redacted body that was sent. */
  readonly request: string;
}

/** Everything a failure may carry besides what the call says already. */
export type FailureDetails = Omit<
  ConnectorFailure,
  'kind' | 'provider' | 'operation' | 'message' | 'request'
>;

/** No provider's wait is believed beyond this. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** The exception for a failed call. */
export function failureOf(
  call: CallInWords,
  kind: FailureKind,
  message: string,
  details: FailureDetails = {},
): ConnectorError {
  const { provider, operation, request } = call;
  return new ConnectorError({ ...details, kind, provider, operation, request, message });
}

/** What an unclear end of a call means: a read can be repeated, a write may have happened. */
export function unclear(call: CallInWords): FailureKind {
  return call.write ? 'outcome-unknown' : 'transient';
}

/**
 * No usable answer came. A request that never left is `transient` even for a write; a read whose answer is over the cap
 * is `rejected`, because it will be next time too.
 */
export function fromHttpFailure(call: CallInWords, failure: HttpFailure): ConnectorError {
  const kind = failure.sent ? unclear(call) : 'transient';
  const hopeless = failure.reason === 'too-large' && !call.write;
  return failureOf(call, hopeless ? 'rejected' : kind, failure.message, {
    reason: failure.reason,
    cause: failure,
  });
}

/** Passes ConnectorErrors on, translates HttpFailures and lets bugs through as they are. */
export function translated(call: CallInWords, error: unknown): unknown {
  return error instanceof HttpFailure ? fromHttpFailure(call, error) : error;
}

/**
 * The kind of an error status that providers agree on (design section 11). 503 with a wait is the provider's way to
 * say "slow down".
 */
export function kindOfStatus(call: CallInWords, status: number, waitMs: number | undefined): FailureKind {
  if (status === 429 || (status === 503 && waitMs !== undefined)) return 'rate-limited';
  if (status === 401) return 'unauthorised';
  if (status === 409) return 'conflict';
  if (status === 408 || status >= 500) return unclear(call);
  return 'rejected';
}

/** `Retry-After` in ms from `now`: seconds or an HTTP date (RFC 9110 10.2.3). Undefined when absent or unreadable. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : httpDateMs(text) - now.getTime();
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), MAX_WAIT_MS);
}

/** Takes one call's worth from the limiter; throws `rate-limited`, nothing sent, when the call may not go now. */
export async function takeTurn(limiter: RateLimiter, call: CallInWords): Promise<void> {
  const waitMs = await limiter.take();
  if (waitMs <= 0) return;
  throw failureOf(call, 'rate-limited', `the connection's own rate limit asks to wait ${waitMs} ms`, {
    reason: 'own_limit',
    retryAfterMs: waitMs,
  });
}

/**
 * What went wrong across I/O, in the words that decide what happens next (design section 11):
 * - `transient`: 5xx, network, time-out of a read; try again later.
 * - `rate-limited`: the provider said wait; `retryAfterMs` says how long. Uses up no attempts.
 * - `unauthorised`: the credentials no longer work; the connection is parked until a person re-authorises.
 * - `rejected`: a 4xx or an answer we cannot read; trying again cannot help.
 * - `not-ready`: something was told of and does not show (yet), or has to appear first; looked for again, then parked.
 * - `conflict`: the provider's state changed under us; look again.
 * - `outcome-unknown`: a write was sent and no clear answer came; look before writing again.
 */
export type FailureKind =
  'transient' | 'rate-limited' | 'unauthorised' | 'rejected' | 'not-ready' | 'conflict' | 'outcome-unknown';

/** `reason` of an `unauthorised` failure: the account belongs to another business, and nothing runs over this connection. */
export const ACCOUNT_HELD = 'account_held';

/** What a connector tells about a failed call. Bodies in it are already redacted and bounded. */
export interface ConnectorFailure {
  readonly kind: FailureKind;
  /** `freshbooks`, `gocardless`, `paypal`. */
  readonly provider: string;
  /** The call in our words, e.g. `createPayment`. */
  readonly operation: string;
  readonly message: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** The provider's own machine-readable reason, e.g. `idempotent_creation_conflict`, `errno 1012`. */
  readonly reason?: string;
  /** The field the provider complained about. */
  readonly field?: string;
  /** The existing object a conflict names. */
  readonly conflictingId?: string;
  /** How long the provider asked us to wait, in ms from now. */
  readonly retryAfterMs?: number;
  /** The connection whose credentials failed, for `unauthorised`. */
  readonly connectionId?: string;
  /** The largest amount allowed, in minor units, when the provider named one. */
  readonly maximumMinor?: bigint;
  /** `METHOD path` and the redacted body that was sent. */
  readonly request?: string;
  /** The redacted, bounded answer. */
  readonly response?: string;
  readonly cause?: unknown;
}

/** The one exception that crosses I/O. Pure functions answer with unions instead. */
export class ConnectorError extends Error implements ConnectorFailure {
  override readonly name = 'ConnectorError';
  readonly kind!: FailureKind;
  readonly provider!: string;
  readonly operation!: string;
  readonly status?: number;
  readonly reason?: string;
  readonly field?: string;
  readonly conflictingId?: string;
  readonly retryAfterMs?: number;
  readonly connectionId?: string;
  readonly maximumMinor?: bigint;
  readonly request?: string;
  readonly response?: string;

  constructor(failure: ConnectorFailure) {
    super(`${failure.provider} ${failure.operation}: ${failure.message}`, { cause: failure.cause });
    const { message: _message, cause: _cause, ...details } = failure;
    Object.assign(this, details);
  }
}

/** Thrown when another worker holds the lock: control flow, not a failure; the job comes back shortly. */
export class LockBusyError extends Error {
  override readonly name = 'LockBusyError';
  readonly key: string;

  constructor(key: string) {
    super(`another worker holds ${key}`);
    this.key = key;
  }
}

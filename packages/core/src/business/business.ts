/** Whether anything is written at a provider: `observe` decides and shows only, what would write waits. */
export type Mode = 'observe' | 'live';

/** What a business chose; contract section 4. The first value of each union is the default. */
export interface Policy {
  readonly mode: Mode;
  readonly limits: DebitLimits;
  /** Date of go-live, YYYY-MM-DD: invoices created before it are never collected. */
  readonly collectFrom: string;
  readonly chargeDate: 'due-date' | 'as-soon-as-possible';
  readonly noMandate: 'review' | 'request' | 'pause';
  readonly recordPaymentAt: 'confirmed' | 'paid_out';
  readonly onLateFailure: 'reverse' | 'review';
  readonly paypalFees: 'none' | 'expense';
  readonly gocardlessFees: 'none' | 'expense';
  readonly payoutEntry: 'none' | 'journal';
  readonly accounts: PolicyAccounts;
}

/** Brakes on debits, per ISO 4217 currency; a currency that is not named has none. */
export interface DebitLimits {
  /** Largest single debit, in minor units. */
  readonly maxDebitMinor: Readonly<Record<string, number>>;
  /** Debits of ours per day of the business's time zone. */
  readonly maxDebitsPerDay: Readonly<Record<string, number>>;
}

/** No brake at all. */
export const NO_LIMITS: DebitLimits = { maxDebitMinor: {}, maxDebitsPerDay: {} };

/** FreshBooks accounts the optional bookings go to; ids of that FreshBooks account. */
export interface PolicyAccounts {
  readonly feeExpenseCategoryId: number | null;
  readonly staffId: number | null;
  readonly bankAccountUuid: string | null;
  readonly clearingAccountUuid: string | null;
  readonly feeAccountUuid: string | null;
}

/** One tenant: its books are one FreshBooks account. */
export interface Business {
  readonly id: string;
  /** The name used on the command line, e.g. `acme`. */
  readonly slug: string;
  readonly displayName: string;
  /** IANA zone, e.g. `Europe/London`: decides what "today" is. */
  readonly timezone: string;
  readonly notifyEmails: readonly string[];
  readonly policy: Policy;
}

/** A policy as it was stored: what a version from before there were modes wrote is a business that runs live. */
export function storedPolicy(stored: unknown): Policy {
  return { mode: 'live', limits: NO_LIMITS, ...(stored as Omit<Policy, 'mode' | 'limits'>) };
}

import type { Money } from '../money/money.ts';

/** GoCardless payment statuses (gocardless.md 2.4); an unknown new one is kept as text. */
export type DebitStatus =
  | 'pending_customer_approval'
  | 'pending_submission'
  | 'submitted'
  | 'confirmed'
  | 'paid_out'
  | 'cancelled'
  | 'customer_approval_denied'
  | 'failed'
  | 'charged_back';

/** A GoCardless payment. */
export interface Debit {
  readonly id: string;
  readonly amount: Money;
  readonly status: DebitStatus;
  /** YYYY-MM-DD. */
  readonly chargeDate: string | null;
  readonly mandateId: string;
  readonly description: string | null;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly subscriptionId: string | null;
  readonly instalmentScheduleId: string | null;
  readonly payoutId: string | null;
  /** Who of the account takes it, as far as GoCardless says. */
  readonly creditorId?: string;
  readonly createdAt: string;
}

/** A GoCardless mandate. */
export interface Mandate {
  readonly id: string;
  /** gocardless.md 2.3; unknown new statuses are kept as text and are not usable. */
  readonly status: string;
  readonly scheme: string;
  /** The currency its scheme collects. */
  readonly currency: string;
  readonly customerId: string;
  /** YYYY-MM-DD; null when not usable. */
  readonly nextPossibleChargeDate: string | null;
  readonly createdAt: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Who of the account it was given to, as far as GoCardless says. */
  readonly creditorId?: string;
  /** The mandate that replaced this one. */
  readonly newMandateId: string | null;
  /** Largest single amount its consent allows, in minor units. */
  readonly maxAmountMinor: bigint | null;
  /** Further bounds of the payer's consent (PayTo, variable recurring payments); null when GoCardless names none. */
  readonly consent: Consent | null;
  /** `one_off`, `single`, `recurring`, `standing`, `sporadic` (ACH, PAD); null when GoCardless does not say. */
  readonly consentType: string | null;
  /** How the payer gave it: `web`, `telephone`, `paper` (ACH); left out or null when GoCardless does not say. */
  readonly authorisationSource?: string | null;
}

/** Bounds of a payer's consent (gocardless.md 2.3). Dates are YYYY-MM-DD, both included. */
export interface Consent {
  readonly startDate: string | null;
  readonly endDate: string | null;
  /** All debits of one period together, in minor units. */
  readonly maxPeriodMinor: bigint | null;
  /** Number of debits in one period. */
  readonly maxPeriodPayments: number | null;
  /** `day`, `week`, `month`, `year`; `flexible` or null: the consent as a whole. */
  readonly period: string | null;
  /** Periods as in the calendar; otherwise they are counted from the start of the consent. */
  readonly isByCalendar: boolean;
}

/** A GoCardless customer. */
export interface DebitCustomer {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
}

/** A running GoCardless subscription: what it will take and when. */
export interface DebitSubscription {
  readonly id: string;
  readonly status: string;
  readonly mandateId: string;
  readonly currency: string;
  readonly upcoming: readonly { readonly chargeDate: string; readonly amountMinor: bigint }[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A party of a GoCardless account that takes debits; one account may have several. */
export interface Creditor {
  readonly id: string;
  readonly name: string;
}

/** A debit to be created. */
export interface NewDebit {
  readonly mandateId: string;
  readonly amount: Money;
  /** YYYY-MM-DD; null = as soon as the mandate allows. */
  readonly chargeDate: string | null;
  readonly description: string;
  /** At most three keys (gocardless.md 1.6). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A request to a payer to set up a mandate. */
export interface MandateRequest {
  readonly billingRequestId: string;
  /** The page the payer opens; expires after 7 days. */
  readonly authorisationUrl: string;
}

/** What a new mandate request needs. */
export interface NewMandateRequest {
  /** An existing GoCardless customer to reuse. */
  readonly customerId: string | null;
  /** Whom the mandate is to be given to; left out or null = the account's only creditor. */
  readonly creditorId?: string | null;
  readonly currency: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly organization: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Something that happened to a debit, in GoCardless' word for it: `confirmed`, `failed`, `resubmission_requested` … */
export interface DebitStep {
  readonly debitId: string;
  readonly action: string;
  /** RFC 3339. */
  readonly at: string;
  /** Why it happened, as the end of a sentence; left out where the provider does not say. */
  readonly why?: string;
}

/**
 * Bank debits of one business. Every method rejects with ConnectorError; reads answer null for "no such object".
 * A create with a key that was used before rejects with kind `conflict` and `conflictingId`: nothing is adopted here.
 */
export interface Debits {
  /** The creditor that is this business's, as chosen in its file; null when none was chosen. */
  readonly creditorId: string | null;
  /** The creditors of the account; asked once and kept. */
  listCreditors(): Promise<readonly Creditor[]>;
  getDebit(debitId: string): Promise<Debit | null>;
  /** Debits of one mandate, newest first. */
  listDebits(mandateId: string): Promise<readonly Debit[]>;
  /** Debits on any mandate of one customer that are (or were) charged on or after the day (YYYY-MM-DD), newest first. */
  listCustomerDebits(customerId: string, chargedFrom: string): Promise<readonly Debit[]>;
  /** Debits charged on these days (YYYY-MM-DD, both included), page by page, in no promised order. */
  listDebitsCharged(from: string, to: string): AsyncIterable<Debit>;
  /** All that happened to one debit, oldest first, as far as it is kept (18 months, gocardless.md 2.12). */
  stepsOf(debitId: string): Promise<readonly DebitStep[]>;
  /** One kind of step of all debits at or after the moment (RFC 3339), page by page, in no promised order. */
  listSteps(action: string, since: string): AsyncIterable<DebitStep>;
  createDebit(debit: NewDebit, idempotencyKey: string): Promise<Debit>;
  /** Rejects with kind `conflict`, reason `cancellation_failed`, when it is too late. */
  cancelDebit(debitId: string): Promise<Debit>;
  /** Whether GoCardless said (in its newest `failed` event) that it will retry this failed payment by itself. */
  willRetry(debitId: string): Promise<boolean>;
  getMandate(mandateId: string): Promise<Mandate | null>;
  /** All mandates of a customer, newest first, any status. */
  listMandates(customerId: string): Promise<readonly Mandate[]>;
  getCustomer(customerId: string): Promise<DebitCustomer | null>;
  /** All customers created after the moment (RFC 3339), or all of them for null; page by page. */
  listCustomers(createdAfter: string | null): AsyncIterable<DebitCustomer>;
  /** All mandates created after the moment, or all. */
  listAllMandates(createdAfter: string | null): AsyncIterable<Mandate>;
  /** Subscriptions of a mandate, any status. */
  listSubscriptions(mandateId: string): Promise<readonly DebitSubscription[]>;
  /** Creates a billing request (deduplicated by the key) and a flow for it. */
  requestMandate(request: NewMandateRequest, idempotencyKey: string): Promise<MandateRequest>;
  /** The customer and mandate a billing request led to; null parts while it is not fulfilled. */
  getBillingRequest(
    billingRequestId: string,
  ): Promise<{ customerId: string | null; mandateId: string | null } | null>;
}

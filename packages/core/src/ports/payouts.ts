import type { Money } from '../money/money.ts';

/** GoCardless payout statuses (gocardless.md 2.10); an unknown new one is kept as text. */
export type PayoutStatus = 'pending' | 'paid' | 'bounced';

/** What a payout becomes when its bank account holds another currency (gocardless.md 2.10, `fx`). */
export interface PayoutExchange {
  readonly currency: string;
  /** What the bank receives; null until the rate is confirmed. */
  readonly amountMinor: bigint | null;
  /** A decimal string, kept as given; null until the rate is confirmed. */
  readonly rate: string | null;
}

/** A transfer of a provider's holdings to the business's bank. */
export interface Payout {
  readonly id: string;
  /** NET, in the payout's currency: what is sent to the bank. */
  readonly net: Money;
  /** Fees taken off, tax included; may be negative, and 0 when they are invoiced apart. */
  readonly deductedFeesMinor: bigint;
  readonly status: PayoutStatus;
  /** YYYY-MM-DD; null until paid. */
  readonly arrivalDate: string | null;
  /** What stands on the bank statement. */
  readonly reference: string | null;
  /** `merchant`, or `partner` for revenue share. */
  readonly payoutType: string;
  readonly exchange: PayoutExchange | null;
  /** Who of the account is paid, as far as GoCardless says; payouts that are kept are this business's. */
  readonly creditorId?: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** Kinds of payout items (gocardless.md 2.11); an unknown new one is kept as text. */
export type PayoutItemType =
  | 'payment_paid_out'
  | 'payment_failed'
  | 'payment_charged_back'
  | 'payment_refunded'
  | 'refund'
  | 'refund_funds_returned'
  | 'gocardless_fee'
  | 'app_fee'
  | 'revenue_share'
  | 'surcharge_fee';

/** One line of a payout. */
export interface PayoutItem {
  readonly type: PayoutItemType;
  /** Signed tenths of a minor unit: -2640n is a fee of 2.64. */
  readonly amountTenths: bigint;
  /** The tax inside a fee, signed like it, in tenths; 0 without. */
  readonly taxTenths: bigint;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  readonly mandateId: string | null;
}

/** A refund of a debit (gocardless.md 2.9). */
export interface DebitRefund {
  readonly id: string;
  /** Positive. */
  readonly amount: Money;
  /** `created`, `pending_submission`, `submitted`, `paid`, `cancelled`, `bounced`, `funds_returned`; open. */
  readonly status: string;
  /** Null for a refund that is not tied to a payment. */
  readonly paymentId: string | null;
  readonly mandateId: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** A transfer to the bank that came back. */
export interface PayoutBounce {
  /** Null when the provider does not say which payout it was. */
  readonly payoutId: string | null;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * Payouts of one business at its debit provider. Every method rejects with ConnectorError; reads answer null for "no
 * such object".
 */
export interface Payouts {
  getPayout(payoutId: string): Promise<Payout | null>;
  /** All of a payout's items in the provider's order; null when it keeps them no longer (six months, gocardless.md 2.11). */
  listItems(payoutId: string): Promise<readonly PayoutItem[] | null>;
  /** Payouts created at or after the moment (RFC 3339), page by page, in no promised order. */
  listPayouts(createdFrom: string): AsyncIterable<Payout>;
  /** Payouts that came back at or after the moment (RFC 3339), page by page, in no promised order. */
  listBounces(since: string): AsyncIterable<PayoutBounce>;
  getRefund(refundId: string): Promise<DebitRefund | null>;
}

import type { Money } from '../money/money.ts';

/**
 * Where a PayPal transaction stands, over both resource families (captures v2: `status`, sales v1: `state`); paypal.md 2
 * and 5. `other` is a value we do not know: nothing is booked for it.
 */
export type CaptureStatus =
  'pending' | 'completed' | 'declined' | 'partially_refunded' | 'refunded' | 'reversed' | 'other';

/** A PayPal capture or sale: one transaction id, the dedupe key of the money. */
export interface Capture {
  readonly id: string;
  readonly status: CaptureStatus;
  /** Gross. */
  readonly amount: Money;
  /** PayPal's fee as a positive cost; null while pending or not told. */
  readonly fee: Money | null;
  /** Whom it was paid to, when told. */
  readonly merchantId: string | null;
  /** `invoice_id`, `custom_id`, `invoice_number`, `custom`: what could name an invoice, in this order, empty ones left out. */
  readonly references: readonly string[];
  readonly orderId: string | null;
  readonly subscriptionId: string | null;
  /** RFC 3339; when the money moved. */
  readonly createdAt: string;
  /** Who paid, where the payment itself says so: one that only Transaction Search knows. Left out: `payerEmail` finds out. */
  readonly payerEmail?: string | null;
}

/** What paid an order or a PayPal invoice. */
export interface PaypalPayments {
  /** Ids of captures or sales. */
  readonly ids: readonly string[];
  /** True when it says itself why there may be none: authorised and not captured yet, or paid outside PayPal. */
  readonly otherwise: boolean;
}

/** Money given back. */
export interface PaypalRefund {
  readonly id: string;
  readonly captureId: string | null;
  /** Positive. */
  readonly amount: Money;
  /** The part of PayPal's fee that was given back with it; negative when it cost another one. Null when not told. */
  readonly fee: Money | null;
  /** PayPal's word, lower-case: `completed`, `pending`, `cancelled`, `failed`. */
  readonly status: string;
  readonly createdAt: string;
}

/** A buyer's complaint. */
export interface Dispute {
  readonly id: string;
  /** PayPal's words, upper-case; open enums. */
  readonly status: string;
  readonly reason: string;
  readonly outcome: string | null;
  /** `INQUIRY`, `CHARGEBACK`, `PRE_ARBITRATION`, `ARBITRATION`; null when not told. */
  readonly stage: string | null;
  readonly amount: Money | null;
  readonly captureIds: readonly string[];
}

/** A dispute as PayPal's list names it. */
export interface ListedDispute {
  /** '' when the element cannot be read. */
  readonly id: string;
  /** RFC 3339; null when not told. */
  readonly updatedAt: string | null;
  /** The element as PayPal wrote it. */
  readonly json: string;
}

/** How late a transaction may appear in Transaction Search (paypal.md 4.4). In ms. */
export const TRANSACTION_SEARCH_LAG_MS = 3 * 60 * 60 * 1000;

/**
 * One row of Transaction Search. Neither its id nor the id with its code names it: `transactionKey` does.
 */
export interface PaypalTransaction {
  readonly id: string;
  /** The transaction it belongs to (a refund's capture). */
  readonly referenceId: string | null;
  /** `T0006` … */
  readonly eventCode: string;
  /** Signed: money out is negative. */
  readonly amount: Money;
  /** Signed as PayPal gives it: a cost is negative. */
  readonly fee: Money | null;
  /** S success, P pending, V reversed, D denied. */
  readonly status: string;
  /** RFC 3339 UTC. */
  readonly initiatedAt: string;
  readonly updatedAt: string;
  readonly payerEmail: string | null;
  readonly references: readonly string[];
  /** Which one it is of the rows of its list that are alike in all that never changes; 0 for the first and usually only one. */
  readonly ordinal: number;
}

/** A row that cannot be read: its neighbours can. */
export interface UnreadableTransaction {
  /** The same however often it is listed. */
  readonly key: string;
  /** Its transaction id, '' when that is what is missing. */
  readonly id: string;
  /** What is wrong with it; ends a sentence. */
  readonly why: string;
  /** The row as PayPal wrote it. */
  readonly json: string;
}

/** What a reader of Transaction Search may hear besides the rows. */
export interface SearchNews {
  /** Once, at the end: up to when PayPal's list was complete (RFC 3339). Later rows come with a later search. */
  completeTo?(moment: string): void;
  unreadable?(row: UnreadableTransaction): void;
}

/** One entry of PayPal's own list of webhook events; one that cannot be read has neither id nor type ('' both). */
export interface PaypalWebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  /** The event as it would have been delivered. */
  readonly json: string;
}

/**
 * PayPal of one business. Every method rejects with ConnectorError; reads answer null for "no such object".
 */
export interface Captures {
  /** The merchant the connection belongs to. */
  readonly merchantId: string;
  /** A capture, or a sale under the same id. */
  getCapture(captureId: string): Promise<Capture | null>;
  /** The payer's e-mail, from the order or subscription; the e-mail in a capture is the merchant's own. */
  payerEmail(capture: Capture): Promise<string | null>;
  /** The captures of an order. */
  paymentsOfOrder(orderId: string): Promise<PaypalPayments | null>;
  /** The transactions that paid a PayPal invoice. */
  paymentsOfInvoice(paypalInvoiceId: string): Promise<PaypalPayments | null>;
  getRefund(refundId: string): Promise<PaypalRefund | null>;
  getDispute(disputeId: string): Promise<Dispute | null>;
  /**
   * Transaction Search between two RFC 3339 moments; windows are cut as PayPal demands; rows in no promised order, each
   * once: what moved the balance, and what is pending. By the day a payment was initiated, or last changed: PayPal does not
   * promise which (paypal.md appendix C). Rejects with `not-ready` when PayPal is behind by more than it promises.
   */
  searchTransactions(from: string, to: string, news?: SearchNews): AsyncIterable<PaypalTransaction>;
  /** Of what was initiated between two moments all that is pending now, as `searchTransactions` gives its rows. */
  pendingTransactions(from: string, to: string): AsyncIterable<PaypalTransaction>;
  /**
   * All rows of one transaction id, in whatever status, that were initiated or changed since a moment (RFC 3339); none when
   * PayPal does not list it (yet), or when this app may not search.
   */
  transactionsOf(id: string, since: string): Promise<readonly PaypalTransaction[]>;
  /**
   * What the account held at a moment (RFC 3339), one amount per currency; null: the newest PayPal knows. Rejects with
   * `rejected` when the app may not see balances. `servedAt` hears of which moment (RFC 3339) the answer says it is: an
   * earlier one when PayPal's records do not reach the moment asked for.
   */
  balancesAt(moment: string | null, servedAt?: (moment: string) => void): Promise<readonly Money[]>;
  /** Disputes that changed between two moments, the newest 179 days at most; `to` null: up to the newest. */
  listDisputes(from: string, to: string | null): AsyncIterable<ListedDispute>;
  /** PayPal's list of webhook events between two moments; `to` null: up to the newest. */
  listWebhookEvents(from: string, to: string | null): AsyncIterable<PaypalWebhookEvent>;
}

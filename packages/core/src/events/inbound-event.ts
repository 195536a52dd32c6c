import type { CaptureStatus, PaypalTransaction } from '../ports/captures.ts';
import type { Subject } from '../ports/subject.ts';

/** The business paths, also queue names and values of `mlc worker --flows`. */
export const FLOW_NAMES = [
  'invoice-to-mandate',
  'payment-to-freshbooks',
  'payout-to-cashflow',
  'paypal-capture-to-freshbooks',
] as const;
export type FlowName = (typeof FLOW_NAMES)[number];

/** Where an inbound event is; contract section 6. */
export const EVENT_STATES = ['stored', 'queued', 'done', 'skipped', 'parked', 'dead'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** One event of a delivery as it stands in the inbox. One event belongs to at most one flow: event × flow is the flow run. */
export interface InboundEvent {
  readonly id: string;
  readonly businessId: string;
  readonly connectionId: string;
  readonly provider: string;
  /** The provider's word for it: `invoice.create`, `payments.confirmed`. */
  readonly type: string;
  /** The dedupe key within the connection. */
  readonly externalEventId: string;
  /** The provider's id of the object that changed; '' when unreadable. */
  readonly resourceId: string;
  /** The event as received: GoCardless the event's JSON, FreshBooks the form body, unreadable ones base64. */
  readonly payload: string;
  readonly receivedAt: Date;
  readonly correlationId: string;
  readonly state: EventState;
  readonly flow: FlowName | null;
  /** Attempts that counted, over all runs since the last replay. */
  readonly attempts: number;
}

/** One event as split from a verified delivery, before it is stored. */
export interface SplitEvent {
  readonly type: string;
  readonly externalEventId: string;
  readonly resourceId: string;
  readonly payload: string;
}

/** The type of the stored form of something authentic that could not be read. */
export const UNREADABLE_EVENT = 'unreadable';

/**
 * What an inbound event means, in our words. It is only a hint: each flow fetches the object from the provider and
 * acts on what it says now.
 */
export type DomainEvent =
  | InvoiceChanged
  | { readonly kind: 'client-changed'; readonly clientId: string }
  | { readonly kind: 'book-payment-changed'; readonly bookPaymentId: string; readonly isDeleted?: boolean }
  | { readonly kind: 'debit-changed'; readonly debitId: string; readonly action: string }
  /** `action`: GoCardless' word for what happened, when the event says it. */
  | { readonly kind: 'mandate-changed'; readonly mandateId: string; readonly action?: string }
  | { readonly kind: 'customer-changed'; readonly customerId: string }
  /** A subscription or instalment schedule: it may not take what it was going to. */
  | { readonly kind: 'schedule-changed'; readonly scheduleId: string }
  | { readonly kind: 'billing-request-fulfilled'; readonly billingRequestId: string }
  | CaptureChanged
  | { readonly kind: 'order-completed'; readonly orderId: string }
  | { readonly kind: 'paypal-invoice-paid'; readonly paypalInvoiceId: string }
  | RefundChanged
  | {
      readonly kind: 'dispute-changed';
      readonly disputeId: string;
      /** The event says that it has come to its end. */
      readonly isResolved?: boolean;
    }
  | PayoutChanged
  | { readonly kind: 'debit-refund-changed'; readonly refundId: string; readonly action?: string }
  /** A row of PayPal's Transaction Search that is neither a payment nor a refund: a withdrawal, a hold, a chargeback. */
  | { readonly kind: 'balance-moved'; readonly transaction: PaypalTransaction }
  | { readonly kind: 'irrelevant'; readonly why: string }
  /** `subject`: what it is at its provider, of something that stood in a list there. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly subject?: Subject };

/** A FreshBooks invoice changed. */
export interface InvoiceChanged {
  readonly kind: 'invoice-changed';
  readonly invoiceId: string;
  /** What the event says happened, where that shows in the invoice; left out of all other changes. */
  readonly told?: 'deleted' | 'sent';
}

/** A PayPal payment. `row`: as Transaction Search lists it, when that told of it. */
export interface CaptureChanged {
  readonly kind: 'capture-changed';
  readonly captureId: string;
  /** Where the event says it stands; left out when it says only that something changed. PayPal's API may be behind it. */
  readonly told?: CaptureStatus;
  readonly row?: PaypalTransaction;
}

/** Money PayPal gave back. `row` as of a payment. */
export interface RefundChanged {
  readonly kind: 'refund-changed';
  readonly refundId: string;
  readonly captureId: string | null;
  readonly row?: PaypalTransaction;
}

/** A payout moved, or came back from the bank. */
export interface PayoutChanged {
  readonly kind: 'payout-changed';
  /** Null: the event does not say which payout bounced. */
  readonly payoutId: string | null;
  /** GoCardless' word for it: `paid`, `fx_rate_confirmed`, `bounced_payout` … */
  readonly action: string;
  /** RFC 3339: when it happened, as far as the event says. */
  readonly happenedAt?: string;
}

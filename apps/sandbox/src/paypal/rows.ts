import type { Minor } from './amounts.ts';

/** Who pays. The account is PayPal's id of them, for guests too. */
export interface Payer {
  /** null: paid by card or a local method, PayPal tells no address. */
  readonly email: string | null;
  readonly accountId: string;
  readonly givenName: string;
  readonly surname: string;
  readonly countryCode: string;
}

/** The merchant as PayPal names them in `payee`. */
export interface Payee {
  readonly merchantId: string;
  readonly email: string;
}

export type PaymentSource = 'paypal' | 'card' | 'ideal';
export type ResourceVersion = 'v1' | 'v2';

export interface PurchaseUnit {
  readonly referenceId: string;
  readonly currency: string;
  readonly amount: Minor;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly description: string | null;
  readonly payee: Payee;
  readonly captureIds: string[];
}

export type OrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';

export interface OrderRow {
  readonly id: string;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  status: OrderStatus;
  readonly units: readonly PurchaseUnit[];
  readonly returnUrl: string | null;
  payer: Payer | null;
  source: PaymentSource;
  approvedMs: number | null;
  readonly createdMs: number;
  updatedMs: number;
}

export type CaptureStatus =
  'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'PENDING' | 'REFUNDED' | 'FAILED';

/** The merchant's balance is kept in another currency. */
export interface Settlement {
  readonly currency: string;
  /** Target units for one source unit, PayPal's spread included. */
  readonly rate: string;
}

export interface CaptureRow {
  readonly id: string;
  /** By which API it was made; decides the shape of its events. */
  readonly version: ResourceVersion;
  status: CaptureStatus;
  /** `status_details.reason` */
  reason: string | null;
  readonly currency: string;
  readonly amount: Minor;
  /** What PayPal takes once it is completed. */
  fee: Minor;
  readonly platformFee: Minor;
  readonly settlement: Settlement | null;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly orderId: string | null;
  readonly authorizationId: string | null;
  readonly parentPayment: string | null;
  readonly payer: Payer;
  readonly payee: Payee;
  readonly source: PaymentSource;
  readonly finalCapture: boolean;
  /** Decimals `amount` is written with; null: as usual. */
  readonly valueDecimals: number | null;
  refunded: Minor;
  readonly createdMs: number;
  updatedMs: number;
}

export type RefundStatus = 'COMPLETED' | 'PENDING' | 'FAILED' | 'CANCELLED';

/** Money given back, or taken back by a bank or PayPal. */
export interface RefundRow {
  readonly id: string;
  readonly kind: 'refund' | 'reversal';
  /** The capture or the sale it belongs to. */
  readonly of: 'capture' | 'sale';
  readonly paymentId: string;
  readonly version: ResourceVersion;
  status: RefundStatus;
  readonly currency: string;
  readonly amount: Minor;
  readonly feeReturned: Minor;
  /** Running total of the payment, this one included. */
  readonly totalRefunded: Minor;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly note: string | null;
  readonly createdMs: number;
  updatedMs: number;
}

export interface SaleRow {
  readonly id: string;
  state: 'completed' | 'pending' | 'partially_refunded' | 'refunded' | 'denied';
  readonly currency: string;
  readonly amount: Minor;
  readonly fee: Minor;
  readonly paymentMode: 'INSTANT_TRANSFER' | 'ECHECK';
  /** The subscription; null for a classic checkout. */
  readonly subscriptionId: string | null;
  readonly parentPayment: string | null;
  readonly invoiceNumber: string;
  readonly custom: string | null;
  readonly payer: Payer;
  refunded: Minor;
  readonly createdMs: number;
  updatedMs: number;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly planId: string;
  status: 'ACTIVE' | 'SUSPENDED' | 'CANCELLED';
  readonly currency: string;
  readonly amount: Minor;
  readonly subscriber: Payer;
  readonly customId: string | null;
  readonly saleIds: string[];
  readonly createdMs: number;
  updatedMs: number;
}

export interface InvoiceRow {
  readonly id: string;
  readonly number: string;
  status: 'SENT' | 'PAID' | 'PARTIALLY_PAID' | 'MARKED_AS_PAID' | 'CANCELLED';
  readonly currency: string;
  readonly amount: Minor;
  readonly payer: Payer;
  readonly payments: InvoicePayment[];
  readonly createdMs: number;
  updatedMs: number;
}

export interface InvoicePayment {
  readonly transactionId: string;
  readonly amount: Minor;
  readonly atMs: number;
}

export type DisputeStatus =
  | 'OPEN'
  | 'WAITING_FOR_BUYER_RESPONSE'
  | 'WAITING_FOR_SELLER_RESPONSE'
  | 'UNDER_REVIEW'
  | 'RESOLVED'
  | 'OTHER';

export interface DisputeRow {
  readonly id: string;
  readonly transactionIds: readonly string[];
  readonly reason: string;
  status: DisputeStatus;
  readonly currency: string;
  readonly amount: Minor;
  stage: 'INQUIRY' | 'CHARGEBACK' | 'PRE_ARBITRATION' | 'ARBITRATION';
  readonly channel: 'INTERNAL' | 'EXTERNAL' | 'ALERT';
  outcome: string | null;
  amountRefunded: Minor;
  readonly invoiceNumber: string | null;
  readonly custom: string | null;
  readonly buyerName: string;
  readonly createdMs: number;
  updatedMs: number;
}

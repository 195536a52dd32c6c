import { writeAmount } from './amounts.ts';
import type { CaptureRow, DisputeRow, RefundRow, SaleRow, SubscriptionRow } from './rows.ts';
import { seconds } from './times.ts';

/** How people and scripts are told of things: decimal strings, RFC 3339 times. */

export interface CaptureView {
  readonly captureId: string;
  readonly orderId: string | null;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  /** Positive; what PayPal takes once it is completed. */
  readonly fee: string;
  readonly refunded: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly payerEmail: string | null;
  readonly payeeMerchantId: string;
  readonly createdAt: string;
}

export interface SaleView {
  readonly saleId: string;
  readonly subscriptionId: string | null;
  readonly state: string;
  readonly amount: string;
  readonly currency: string;
  readonly fee: string;
  readonly refunded: string;
  readonly payerEmail: string | null;
  readonly createdAt: string;
}

export interface RefundView {
  readonly refundId: string;
  readonly kind: 'refund' | 'reversal';
  /** The capture or sale. */
  readonly paymentId: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly feeReturned: string;
  readonly createdAt: string;
}

export interface DisputeView {
  readonly disputeId: string;
  readonly paymentIds: readonly string[];
  readonly status: string;
  readonly outcome: string | null;
  readonly amount: string;
  readonly currency: string;
}

export interface SubscriptionView {
  readonly subscriptionId: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly payerEmail: string | null;
}

export function captureView(row: CaptureRow): CaptureView {
  const { currency } = row;
  return {
    captureId: row.id,
    orderId: row.orderId,
    status: row.status,
    amount: writeAmount(row.amount, currency),
    currency,
    fee: writeAmount(row.fee, currency),
    refunded: writeAmount(row.refunded, currency),
    invoiceId: row.invoiceId,
    customId: row.customId,
    payerEmail: row.payer.email,
    payeeMerchantId: row.payee.merchantId,
    createdAt: seconds(row.createdMs),
  };
}

export function saleView(row: SaleRow): SaleView {
  const { currency } = row;
  return {
    saleId: row.id,
    subscriptionId: row.subscriptionId,
    state: row.state,
    amount: writeAmount(row.amount, currency),
    currency,
    fee: writeAmount(row.fee, currency),
    refunded: writeAmount(row.refunded, currency),
    payerEmail: row.payer.email,
    createdAt: seconds(row.createdMs),
  };
}

export function refundView(row: RefundRow): RefundView {
  const { currency } = row;
  return {
    refundId: row.id,
    kind: row.kind,
    paymentId: row.paymentId,
    status: row.status,
    amount: writeAmount(row.amount, currency),
    currency,
    feeReturned: writeAmount(row.feeReturned, currency),
    createdAt: seconds(row.createdMs),
  };
}

export function disputeView(row: DisputeRow): DisputeView {
  return {
    disputeId: row.id,
    paymentIds: row.transactionIds,
    status: row.status,
    outcome: row.outcome,
    amount: writeAmount(row.amount, row.currency),
    currency: row.currency,
  };
}

export function subscriptionView(row: SubscriptionRow): SubscriptionView {
  return {
    subscriptionId: row.id,
    status: row.status,
    amount: writeAmount(row.amount, row.currency),
    currency: row.currency,
    payerEmail: row.subscriber.email,
  };
}

import { writeAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';
import type { CaptureRow, CaptureStatus, RefundRow, SaleRow } from './rows.ts';
import { seconds } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';

/** `{total, currency}`, the money of v1. */
export function total(minor: Minor, currency: string): Wire {
  return { total: writeAmount(minor, currency), currency };
}

const CAPTURE_STATES: Readonly<Record<CaptureStatus, string>> = {
  COMPLETED: 'completed',
  PENDING: 'pending',
  PARTIALLY_REFUNDED: 'partially_refunded',
  REFUNDED: 'refunded',
  DECLINED: 'denied',
  FAILED: 'denied',
};

/** A capture of v1: event resource and `GET /v1/payments/capture/{id}` (paypal.md 2.2). */
export function captureV1Wire(row: CaptureRow): Wire {
  const path = `/v1/payments/capture/${row.id}`;
  const parent = `/v1/payments/payment/${row.parentPayment ?? ''}`;
  return {
    id: row.id,
    create_time: seconds(row.createdMs),
    update_time: seconds(row.updatedMs),
    amount: {
      ...total(row.amount, row.currency),
      details: { subtotal: writeAmount(row.amount, row.currency) },
    },
    is_final_capture: row.finalCapture,
    state: CAPTURE_STATES[row.status],
    ...(row.reason !== null && { reason_code: row.reason }),
    ...(row.status !== 'PENDING' && {
      transaction_fee: { value: writeAmount(row.fee, row.currency), currency: row.currency },
    }),
    parent_payment: given(row.parentPayment),
    invoice_number: given(row.invoiceId),
    custom: given(row.customId),
    links: links(
      { rel: 'self', path },
      { rel: 'refund', path: `${path}/refund`, method: 'POST' },
      { rel: 'parent_payment', path: parent },
    ),
  };
}

/** A sale: event resource and `GET /v1/payments/sale/{id}` (paypal.md 2.8). */
export function saleWire(row: SaleRow): Wire {
  const path = `/v1/payments/sale/${row.id}`;
  return {
    id: row.id,
    create_time: seconds(row.createdMs),
    update_time: seconds(row.updatedMs),
    amount: {
      ...total(row.amount, row.currency),
      details: { subtotal: writeAmount(row.amount, row.currency) },
    },
    payment_mode: row.paymentMode,
    state: row.state,
    protection_eligibility: 'ELIGIBLE',
    protection_eligibility_type: 'ITEM_NOT_RECEIVED_ELIGIBLE,UNAUTHORIZED_PAYMENT_ELIGIBLE',
    ...(row.state !== 'pending' && {
      transaction_fee: { value: writeAmount(row.fee, row.currency), currency: row.currency },
    }),
    billing_agreement_id: given(row.subscriptionId),
    parent_payment: given(row.parentPayment),
    // Empty means absent (paypal.md 7.13).
    invoice_number: row.invoiceNumber,
    custom: given(row.custom),
    links: links({ rel: 'self', path }, { rel: 'refund', path: `${path}/refund`, method: 'POST' }),
  };
}

/**
 * A refund of v1: negative total. A refund names its sale or capture; a sale's reversal names nothing but itself
 * (paypal.md 2.8, A.3).
 */
export function refundV1Wire(row: RefundRow): Wire {
  const isSale = row.of === 'sale';
  return {
    id: row.id,
    create_time: seconds(row.createdMs),
    update_time: seconds(row.updatedMs),
    amount: total(-row.amount, row.currency),
    state: row.status.toLowerCase(),
    ...(isSale && row.kind === 'refund' && { sale_id: row.paymentId }),
    ...(!isSale && { capture_id: row.paymentId }),
    links: links({ rel: 'self', path: `/v1/payments/refund/${row.id}` }),
  };
}

import { convert, money, writeAmount } from './amounts.ts';
import type { CaptureRow } from './rows.ts';
import { seconds } from './times.ts';
import { eventLinks, given, links, pick } from './wire-tools.ts';
import type { Link, Wire } from './wire-tools.ts';

/** Orders of members that were seen on the wire (paypal.md 2.1, 2.3, A.2). */
const API_ORDER = [
  'id',
  'amount',
  'final_capture',
  'seller_protection',
  'disbursement_mode',
  'seller_receivable_breakdown',
  'invoice_id',
  'custom_id',
  'status',
  'status_details',
  'supplementary_data',
  'payee',
  'create_time',
  'update_time',
  'links',
];
const EVENT_ORDER = [
  'payee',
  'amount',
  'seller_protection',
  'supplementary_data',
  'update_time',
  'create_time',
  'final_capture',
  'seller_receivable_breakdown',
  'status_details',
  'invoice_id',
  'custom_id',
  'links',
  'id',
  'status',
];
/** Inside an order there is neither payee nor supplementary data. */
const NESTED_ORDER = [
  'id',
  'status',
  'status_details',
  'amount',
  'final_capture',
  'disbursement_mode',
  'seller_protection',
  'seller_receivable_breakdown',
  'invoice_id',
  'custom_id',
  'links',
  'create_time',
  'update_time',
];

/** `GET /v2/payments/captures/{id}`. */
export function captureWire(row: CaptureRow): Wire {
  return pick({ ...parts(row), links: links(...ownLinks(row)) }, API_ORDER);
}

/** The same as the resource of an event; `lacks` names members to leave out. */
export function captureEventWire(row: CaptureRow, lacks: readonly string[]): Wire {
  const keys = EVENT_ORDER.filter((key) => !lacks.includes(key));
  return pick({ ...parts(row), links: eventLinks(...ownLinks(row)) }, keys);
}

/** The same inside an order. */
export function nestedCaptureWire(row: CaptureRow): Wire {
  return pick({ ...parts(row), links: links(...ownLinks(row)) }, NESTED_ORDER);
}

function parts(row: CaptureRow): Wire {
  const { amount, currency, valueDecimals } = row;
  return {
    id: row.id,
    status: row.status,
    status_details: row.reason === null ? undefined : { reason: row.reason },
    amount: { currency_code: currency, value: writeAmount(amount, currency, valueDecimals ?? undefined) },
    final_capture: row.finalCapture,
    disbursement_mode: 'INSTANT',
    seller_protection: protection(row),
    seller_receivable_breakdown: breakdown(row),
    invoice_id: given(row.invoiceId),
    custom_id: given(row.customId),
    supplementary_data: supplementary(row),
    payee: { email_address: row.payee.email, merchant_id: row.payee.merchantId },
    create_time: seconds(row.createdMs),
    update_time: seconds(row.updatedMs),
  };
}

function protection({ status }: CaptureRow): Wire {
  if (status === 'PENDING' || status === 'DECLINED') return { status: 'NOT_ELIGIBLE' };
  return { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] };
}

function supplementary({ orderId, authorizationId }: CaptureRow): Wire | undefined {
  if (orderId === null) return undefined;
  const related_ids = {
    order_id: orderId,
    ...(authorizationId !== null && { authorization_id: authorizationId }),
  };
  return { related_ids };
}

/** Absent while pending; without a fee when declined, where a net amount means nothing (paypal.md 2.5). */
function breakdown(row: CaptureRow): Wire | undefined {
  if (row.status === 'PENDING') return undefined;
  const { amount, currency, platformFee, payee } = row;
  const isPaid = row.status !== 'DECLINED' && row.status !== 'FAILED';
  const net = amount - platformFee - (isPaid ? row.fee : 0);
  const platform_fees = [{ amount: money(platformFee, currency), payee: { merchant_id: payee.merchantId } }];
  return {
    gross_amount: money(amount, currency),
    ...(isPaid && { paypal_fee: money(row.fee, currency) }),
    ...(platformFee > 0 && { platform_fees }),
    net_amount: money(net, currency),
    ...receivable(row, net),
  };
}

function receivable({ settlement, currency }: CaptureRow, net: number): Wire {
  if (settlement === null) return {};
  const { currency: target, rate } = settlement;
  return {
    receivable_amount: money(convert(net, currency, rate, target), target),
    exchange_rate: { source_currency: currency, target_currency: target, value: rate },
  };
}

function ownLinks(row: CaptureRow): Link[] {
  const path = `/v2/payments/captures/${row.id}`;
  const up =
    row.authorizationId === null
      ? `/v2/checkout/orders/${row.orderId ?? ''}`
      : `/v2/payments/authorizations/${row.authorizationId}`;
  return [
    { rel: 'self', path },
    { rel: 'refund', path: `${path}/refund`, method: 'POST' },
    ...(row.orderId === null ? [] : [{ rel: 'up', path: up }]),
  ];
}

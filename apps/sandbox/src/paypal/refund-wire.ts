import { money } from './amounts.ts';
import type { Payee, RefundRow } from './rows.ts';
import { pacific } from './times.ts';
import { eventLinks, given, links } from './wire-tools.ts';
import type { Link, Wire } from './wire-tools.ts';

/** `GET /v2/payments/refunds/{id}`; `payer` is the merchant, not the buyer (paypal.md 2.6). */
export function refundWire(row: RefundRow, payee: Payee): Wire {
  return {
    id: row.id,
    amount: money(row.amount, row.currency),
    invoice_id: given(row.invoiceId),
    custom_id: given(row.customId),
    ...common(row),
    payer: { email_address: payee.email, merchant_id: payee.merchantId },
    status: row.status,
    create_time: pacific(row.createdMs),
    update_time: pacific(row.updatedMs),
    links: links(...ownLinks(row)),
  };
}

/** The same as the resource of an event: the capture is named in the link `up` only. */
export function refundEventWire(row: RefundRow): Wire {
  return {
    ...common(row),
    amount: money(row.amount, row.currency),
    update_time: pacific(row.updatedMs),
    create_time: pacific(row.createdMs),
    links: eventLinks(...ownLinks(row)),
    id: row.id,
    status: row.status,
  };
}

function common(row: RefundRow): Wire {
  const { currency, amount, feeReturned } = row;
  return {
    ...(row.status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    ...(row.note !== null && { note_to_payer: row.note }),
    seller_payable_breakdown: {
      gross_amount: money(amount, currency),
      paypal_fee: money(feeReturned, currency),
      net_amount: money(amount - feeReturned, currency),
      total_refunded_amount: money(row.totalRefunded, currency),
    },
  };
}

function ownLinks(row: RefundRow): Link[] {
  return [
    { rel: 'self', path: `/v2/payments/refunds/${row.id}` },
    { rel: 'up', path: `/v2/payments/captures/${row.paymentId}` },
  ];
}

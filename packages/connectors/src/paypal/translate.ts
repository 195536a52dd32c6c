import type { Capture, CaptureStatus, Dispute, PaypalPayments, PaypalRefund } from '@mlc/core';
import { positive } from './money.ts';
import type { WireCapture, WireDispute, WireOrder, WireRefund } from './schema.ts';

/** v2 `status` and v1 `state`, case folded (paypal.md 5.1; a DENIED event carries DECLINED). */
const STATUSES: Readonly<Record<string, CaptureStatus>> = {
  pending: 'pending',
  completed: 'completed',
  declined: 'declined',
  denied: 'declined',
  failed: 'declined',
  voided: 'declined',
  expired: 'declined',
  partially_refunded: 'partially_refunded',
  refunded: 'refunded',
  reversed: 'reversed',
};

function statusOf(word: string): CaptureStatus {
  const known = word.toLowerCase();
  return Object.hasOwn(STATUSES, known) ? (STATUSES[known] ?? 'other') : 'other';
}

/** The id a link leads to, by its path alone: the host is often the legacy one (paypal.md 0). */
export function idInLink(
  links: readonly { readonly href: string; readonly rel: string }[],
  rel: string,
  pathBefore: string,
): string | null {
  for (const link of links) {
    if (link.rel !== rel) continue;
    const path = URL.canParse(link.href) ? new URL(link.href).pathname : '';
    const id = path.startsWith(pathBefore) ? path.slice(pathBefore.length) : '';
    if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  }
  return null;
}

/** A capture or sale in our words. */
export function toCapture(wire: WireCapture): Capture {
  const status = statusOf(wire.status ?? wire.state ?? '');
  const fee = wire.seller_receivable_breakdown?.paypal_fee ?? wire.transaction_fee;
  // A declined capture can carry a breakdown although no money was received (paypal.md 2.5).
  const moneyMoved = status !== 'pending' && status !== 'declined' && status !== 'other';
  const references = [wire.invoice_id, wire.custom_id, wire.invoice_number, wire.custom];
  return {
    id: wire.id,
    status,
    amount: wire.amount,
    fee: fee === null || !moneyMoved ? null : positive(fee),
    merchantId: wire.payee?.merchant_id ?? null,
    references: [...new Set(references.filter((text) => text !== null))],
    orderId:
      wire.supplementary_data?.related_ids?.order_id ?? idInLink(wire.links, 'up', '/v2/checkout/orders/'),
    subscriptionId: wire.billing_agreement_id,
    createdAt: wire.create_time,
  };
}

/** The payer's e-mail on an order; cards, iDEAL and others may have none (paypal.md 5.2). */
export function payerOf(order: WireOrder): string | null {
  const sources = Object.entries(order.payment_source ?? {});
  const [, paypal] = sources.find(([name]) => name === 'paypal') ?? [];
  const emails = [paypal, order.payer, ...sources.map(([, source]) => source)].map(
    (source) => source?.email_address ?? null,
  );
  return emails.find((email) => email?.includes('@') === true) ?? null;
}

/** The captures of all purchase units; both may be several. An authorisation may be captured days later (paypal.md 5.2). */
export function paymentsOf(order: WireOrder): PaypalPayments {
  const payments = (order.purchase_units ?? []).map((unit) => unit.payments);
  const ids = payments.flatMap((each) => each?.captures ?? []).map(({ id }) => id);
  const otherwise = payments.some((each) => (each?.authorizations ?? []).length > 0);
  return { ids: [...new Set(ids)], otherwise };
}

/** A refund in our words; v1 totals are negative. */
export function toRefund(wire: WireRefund): PaypalRefund {
  const fee = wire.seller_payable_breakdown?.paypal_fee ?? wire.refund_from_transaction_fee;
  return {
    id: wire.id,
    captureId: wire.capture_id ?? wire.sale_id ?? idInLink(wire.links, 'up', '/v2/payments/captures/'),
    amount: positive(wire.amount),
    fee: fee === null ? null : positive(fee),
    status: (wire.status ?? wire.state ?? '').toLowerCase(),
    createdAt: wire.create_time,
  };
}

/** A dispute in our words. */
export function toDispute(wire: WireDispute): Dispute {
  const ids = (wire.disputed_transactions ?? []).map((transaction) => transaction.seller_transaction_id);
  return {
    id: wire.dispute_id,
    status: wire.status.toUpperCase(),
    reason: (wire.reason ?? '').toUpperCase(),
    outcome: wire.dispute_outcome?.outcome_code?.toUpperCase() ?? null,
    stage: wire.dispute_life_cycle_stage?.toUpperCase() ?? null,
    amount: wire.dispute_amount,
    captureIds: [...new Set(ids.filter((id) => id !== null))],
  };
}

import type { Capture, Captures, PaypalPayments } from '@mlc/core';
import type { z } from 'zod';
import { type PaypalAccess, type PaypalClient, paypalClient } from './client.ts';
import { balancesAt } from './balances.ts';
import { listDisputes } from './dispute-list.ts';
import { isPaypalId } from './request.ts';
import {
  captureSchema,
  disputeSchema,
  invoiceSchema,
  orderSchema,
  refundSchema,
  subscriptionSchema,
} from './schema.ts';
import {
  payerInSearch,
  pendingTransactions,
  searchTransactions,
  transactionsOf,
} from './transaction-search.ts';
import { payerOf, paymentsOf, toCapture, toDispute, toRefund } from './translate.ts';
import { listWebhookEvents } from './webhook-events.ts';

/** One kind of object: where it is and what it must look like. */
interface Kind<T> {
  readonly path: string;
  readonly answer: z.ZodType<T>;
}

const CAPTURE = { path: '/v2/payments/captures/', answer: captureSchema };
const SALE = { path: '/v1/payments/sale/', answer: captureSchema };
const ORDER = { path: '/v2/checkout/orders/', answer: orderSchema };
const SUBSCRIPTION = { path: '/v1/billing/subscriptions/', answer: subscriptionSchema };
const INVOICE = { path: '/v2/invoicing/invoices/', answer: invoiceSchema };
const REFUND = { path: '/v2/payments/refunds/', answer: refundSchema };
const OLD_REFUND = { path: '/v1/payments/refund/', answer: refundSchema };
const DISPUTE = { path: '/v1/customer/disputes/', answer: disputeSchema };

/** What reading one business's payments takes. */
export interface PaypalCapturesOptions extends PaypalAccess {
  /** The merchant the connection belongs to. */
  readonly merchantId: string;
}

/** PayPal of one business (core port `Captures`): reads only, nothing here moves money. */
export function paypalCaptures(options: PaypalCapturesOptions): Captures {
  const client = paypalClient(options);
  const { merchantId, clock } = options;
  return {
    merchantId,
    getCapture: async (captureId) => {
      const found =
        (await one(client, 'getCapture', CAPTURE, captureId)) ??
        (await one(client, 'getCapture', SALE, captureId));
      return found === null ? null : toCapture(found);
    },
    payerEmail: (capture) => payerEmail(client, options, capture),
    paymentsOfOrder: async (orderId) => {
      const order = await one(client, 'paymentsOfOrder', ORDER, orderId);
      return order === null ? null : paymentsOf(order);
    },
    paymentsOfInvoice: (paypalInvoiceId) => paymentsOfInvoice(client, paypalInvoiceId),
    getRefund: async (refundId) => {
      const found =
        (await one(client, 'getRefund', REFUND, refundId)) ??
        (await one(client, 'getRefund', OLD_REFUND, refundId));
      return found === null ? null : toRefund(found);
    },
    getDispute: async (disputeId) => {
      const found = await one(client, 'getDispute', DISPUTE, disputeId);
      return found === null ? null : toDispute(found);
    },
    searchTransactions: (from, to, news) => searchTransactions({ client, clock, from, to, news }),
    pendingTransactions: (from, to) => pendingTransactions({ client, clock, from, to }),
    transactionsOf: (id, since) => transactionsOf(client, clock, { id, since }),
    balancesAt: (moment, servedAt) => balancesAt(client, moment, servedAt),
    listDisputes: (from, to) => listDisputes({ client, clock, from, to }),
    listWebhookEvents: (from, to) => listWebhookEvents({ client, clock, from, to }),
  };
}

/** One object; null when there is none with this id. What is no id would be another path and is not asked for. */
function one<T>(
  client: PaypalClient,
  operation: string,
  { path, answer }: Kind<T>,
  id: string,
): Promise<T | null> {
  if (!isPaypalId(id)) return Promise.resolve(null);
  return client.find({ operation, method: 'GET', path: `${path}${id}`, answer });
}

/**
 * From the order, else the subscription, else Transaction Search. An order that is there has the last word: cards have
 * no e-mail. Old orders disappear (paypal.md 5.2).
 */
async function payerEmail(
  client: PaypalClient,
  { clock }: PaypalAccess,
  capture: Capture,
): Promise<string | null> {
  if (capture.payerEmail !== undefined) return capture.payerEmail;
  const operation = 'payerEmail';
  const order = capture.orderId === null ? null : await one(client, operation, ORDER, capture.orderId);
  if (order !== null) return payerOf(order);
  const subscriptionId = capture.subscriptionId ?? (await subscriptionOf(client, capture));
  const subscription =
    subscriptionId === null ? null : await one(client, operation, SUBSCRIPTION, subscriptionId);
  return subscription?.subscriber?.email_address ?? payerInSearch(client, clock, capture);
}

/** A sale that was read as a capture names no subscription there (paypal.md 2.8). */
async function subscriptionOf(client: PaypalClient, capture: Capture): Promise<string | null> {
  if (capture.orderId !== null) return null;
  const sale = await one(client, 'payerEmail', SALE, capture.id);
  return sale?.billing_agreement_id ?? null;
}

/** Money taken outside PayPal has no transaction there. */
async function paymentsOfInvoice(client: PaypalClient, invoiceId: string): Promise<PaypalPayments | null> {
  const invoice = await one(client, 'paymentsOfInvoice', INVOICE, invoiceId);
  if (invoice === null) return null;
  const transactions = invoice.payments?.transactions ?? [];
  const isOutside = ({ type }: { readonly type: string | null }): boolean =>
    type?.toUpperCase() === 'EXTERNAL';
  const ids = transactions.filter((one) => !isOutside(one)).map(({ payment_id }) => payment_id);
  const isMarked = invoice.status?.toUpperCase().startsWith('MARKED_AS_') === true;
  return {
    ids: [...new Set(ids.filter((id) => id !== null))],
    otherwise: isMarked || transactions.some(isOutside),
  };
}

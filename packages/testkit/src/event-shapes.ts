import type { DomainEvent } from '@mlc/core';

/** What an inbound event is stored as. */
export interface EventShape {
  readonly provider: string;
  readonly type: string;
  readonly resourceId: string;
}

type Kind = DomainEvent['kind'];
type Shapes = { readonly [K in Kind]: (event: Extract<DomainEvent, { kind: K }>) => EventShape };

const freshbooks = (type: string, resourceId: string): EventShape => ({
  provider: 'freshbooks',
  type,
  resourceId,
});
const gocardless = (type: string, resourceId: string): EventShape => ({
  provider: 'gocardless',
  type,
  resourceId,
});
const paypal = (type: string, resourceId: string): EventShape => ({ provider: 'paypal', type, resourceId });

const SHAPES: Shapes = {
  'invoice-changed': ({ invoiceId, told }) =>
    freshbooks(
      `invoice.${told === undefined ? 'update' : told === 'sent' ? 'sendByEmail' : 'delete'}`,
      invoiceId,
    ),
  'client-changed': ({ clientId }) => freshbooks('client.update', clientId),
  'book-payment-changed': ({ bookPaymentId, isDeleted = false }) =>
    freshbooks(`payment.${isDeleted ? 'delete' : 'create'}`, bookPaymentId),
  'debit-changed': ({ action, debitId }) => gocardless(`payments.${action}`, debitId),
  'mandate-changed': ({ mandateId, action = 'active' }) => gocardless(`mandates.${action}`, mandateId),
  'customer-changed': ({ customerId }) => gocardless('customers.approved', customerId),
  'schedule-changed': ({ scheduleId }) => gocardless('subscriptions.cancelled', scheduleId),
  'billing-request-fulfilled': ({ billingRequestId }) =>
    gocardless('billing_requests.fulfilled', billingRequestId),
  'payout-changed': ({ action, payoutId }) => gocardless(`payouts.${action}`, payoutId ?? ''),
  'debit-refund-changed': ({ refundId, action = 'paid' }) => gocardless(`refunds.${action}`, refundId),
  'capture-changed': ({ captureId, told = 'updated' }) =>
    paypal(`PAYMENT.CAPTURE.${told.toUpperCase()}`, captureId),
  'order-completed': ({ orderId }) => paypal('CHECKOUT.ORDER.COMPLETED', orderId),
  'paypal-invoice-paid': ({ paypalInvoiceId }) => paypal('INVOICING.INVOICE.PAID', paypalInvoiceId),
  'refund-changed': ({ refundId }) => paypal('PAYMENT.CAPTURE.REFUNDED', refundId),
  'dispute-changed': ({ disputeId, isResolved = false }) =>
    paypal(`CUSTOMER.DISPUTE.${isResolved ? 'RESOLVED' : 'CREATED'}`, disputeId),
  'balance-moved': ({ transaction }) => paypal('BALANCE.MOVED', transaction.id),
  irrelevant: ({ kind }) => gocardless(kind, ''),
  unreadable: ({ kind }) => gocardless(kind, ''),
};

/** The inbound event that means this, in its provider's words. */
export function shapeOf(event: DomainEvent): EventShape {
  return (SHAPES[event.kind] as (event: DomainEvent) => EventShape)(event);
}

import type { ResourceVersion } from './rows.ts';
import type { Wire } from './wire-tools.ts';

/** Event types a webhook may subscribe to (paypal.md A.5), with the resource versions they come in. */
const TYPES: Readonly<Record<string, readonly [description: string, versions: readonly ResourceVersion[]]>> =
  {
    'PAYMENT.CAPTURE.COMPLETED': ['A payment capture completes.', ['v1', 'v2']],
    'PAYMENT.CAPTURE.PENDING': ['The state of a payment capture changes to pending.', ['v1', 'v2']],
    'PAYMENT.CAPTURE.DENIED': ['A payment capture is denied.', ['v1', 'v2']],
    'PAYMENT.CAPTURE.DECLINED': ['A payment capture is declined.', ['v2']],
    'PAYMENT.CAPTURE.REFUNDED': ['A merchant refunds a payment capture.', ['v1', 'v2']],
    'PAYMENT.CAPTURE.REVERSED': ['PayPal reverses a payment capture.', ['v1', 'v2']],
    'PAYMENT.SALE.COMPLETED': ['A sale completes.', ['v1']],
    'PAYMENT.SALE.PENDING': ['The state of a sale changes to pending.', ['v1']],
    'PAYMENT.SALE.DENIED': ['The state of a sale changes from pending to denied.', ['v1']],
    'PAYMENT.SALE.REFUNDED': ['A merchant refunds a sale.', ['v1']],
    'PAYMENT.SALE.REVERSED': ['PayPal reverses a sale.', ['v1']],
    'PAYMENT.REFUND.PENDING': ['A refund is pending.', ['v2']],
    'PAYMENT.REFUND.FAILED': ['A refund fails.', ['v2']],
    'PAYMENT.REFUND.COMPLETED': ['A refund completes.', ['v2']],
    'CHECKOUT.ORDER.APPROVED': ['A buyer approved a checkout order.', ['v2']],
    'CHECKOUT.ORDER.COMPLETED': ['A checkout order is processed.', ['v2']],
    'CHECKOUT.PAYMENT-APPROVAL.REVERSED': ['A problem occurred after the buyer approved the order.', ['v2']],
    'INVOICING.INVOICE.PAID': [
      'An invoice is paid, partially paid, or a payment is made and is pending.',
      ['v1'],
    ],
    'INVOICING.INVOICE.REFUNDED': ['An invoice is refunded or partially refunded.', ['v1']],
    'INVOICING.INVOICE.CANCELLED': ['A merchant or customer cancels an invoice.', ['v1']],
    'CUSTOMER.DISPUTE.CREATED': ['A dispute is created.', ['v1']],
    'CUSTOMER.DISPUTE.UPDATED': ['A dispute is updated.', ['v1']],
    'CUSTOMER.DISPUTE.RESOLVED': ['A dispute is resolved.', ['v1']],
    'BILLING.SUBSCRIPTION.ACTIVATED': ['A subscription is activated.', ['v2']],
    'BILLING.SUBSCRIPTION.CANCELLED': ['A subscription is cancelled.', ['v2']],
  };

/** What a subscription to everything is called. */
export const EVERYTHING = '*';

export function isEventType(name: string): boolean {
  return name === EVERYTHING || Object.hasOwn(TYPES, name);
}

/** One entry of the list of event types. */
export function eventTypeWire(name: string): Wire {
  const [description, versions] = TYPES[name] ?? ['ALL', []];
  const resource_versions = versions.map((version) => (version === 'v1' ? '1.0' : '2.0'));
  return { name, description, status: 'ENABLED', resource_versions };
}

/** As a webhook names what it is subscribed to. */
export function subscriptionWire(name: string): Wire {
  return { name, description: TYPES[name]?.[0] ?? 'ALL' };
}

export function allEventTypes(): Wire[] {
  return Object.keys(TYPES).map(eventTypeWire);
}

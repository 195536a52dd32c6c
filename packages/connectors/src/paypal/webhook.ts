import {
  type CaptureStatus,
  type DomainEvent,
  type InboundEvent,
  UNREADABLE_EVENT,
  type WebhookReader,
} from '@mlc/core';
import { holdsJson } from '../shared/holds-json.ts';
import { BALANCE_EVENT, balanceMoved, rowIn, UNREADABLE_LISTED, unreadableListed } from './balance-events.ts';
import { refundedIdOf } from './webhook-resource.ts';
import { splitDelivery } from './webhook-split.ts';
import { type PaypalWebhookOptions, paypalVerification } from './webhook-verification.ts';

type StoredEvent = Pick<InboundEvent, 'type' | 'resourceId' | 'payload'>;
type Meaning = (resourceId: string, payload: string, type: string) => DomainEvent;

/** What the last word of a type says of the payment; of other words only that it changed. */
const TOLD: ReadonlyMap<string, CaptureStatus> = new Map([
  ['COMPLETED', 'completed'],
  ['PENDING', 'pending'],
  ['DENIED', 'declined'],
  ['DECLINED', 'declined'],
]);

const capture: Meaning = (captureId, payload, type) => {
  const told = TOLD.get(type.slice(type.lastIndexOf('.') + 1));
  return { kind: 'capture-changed', captureId, ...(told === undefined ? {} : { told }), ...rowIn(payload) };
};
const refund: Meaning = (refundId, payload) => ({
  kind: 'refund-changed',
  refundId,
  captureId: refundedIdOf(payload),
  ...rowIn(payload),
});
const invoice: Meaning = (paypalInvoiceId) => ({ kind: 'paypal-invoice-paid', paypalInvoiceId });
const dispute: Meaning = (disputeId, _payload, type) => ({
  kind: 'dispute-changed',
  disputeId,
  ...(type.endsWith('.RESOLVED') ? { isResolved: true } : {}),
});

/** Exact types; the resource of REFUNDED and REVERSED is the refund, not the capture (paypal.md 2.6, 2.8). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'PAYMENT.CAPTURE.REFUNDED': refund,
  'PAYMENT.CAPTURE.REVERSED': refund,
  'PAYMENT.SALE.REFUNDED': refund,
  'PAYMENT.SALE.REVERSED': refund,
  'CHECKOUT.ORDER.COMPLETED': (orderId) => ({ kind: 'order-completed', orderId }),
  'INVOICING.INVOICE.PAID': invoice,
  // Its transactions are looked at again: they are refunded now.
  'INVOICING.INVOICE.REFUNDED': invoice,
};

/** All other types of these families: enums are open, and PayPal's truth is fetched anyway. */
const FAMILIES: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['PAYMENT.CAPTURE.', capture],
  ['PAYMENT.SALE.', capture],
  ['PAYMENT.REFUND.', refund],
  ['CUSTOMER.DISPUTE.', dispute],
  [BALANCE_EVENT, (_resourceId, payload) => balanceMoved(payload)],
];

function translateEvent({ type, resourceId, payload }: StoredEvent): DomainEvent {
  if (type === UNREADABLE_EVENT) {
    const why = holdsJson(payload) ? 'it lacks what every PayPal event has' : 'its body is not JSON';
    return { kind: 'unreadable', why };
  }
  if (type === UNREADABLE_LISTED) return unreadableListed(resourceId, payload);
  const meaning = Object.hasOwn(MEANINGS, type)
    ? MEANINGS[type]
    : FAMILIES.find(([prefix]) => type.startsWith(prefix))?.[1];
  if (meaning === undefined) return { kind: 'irrelevant', why: `${type} moves no money` };
  if (resourceId === '') return { kind: 'unreadable', why: `a ${type} event without the id of its resource` };
  return meaning(resourceId, payload, type);
}

/** The half that needs nothing but the event: also for events from PayPal's own list and from the inbox. */
export const paypalEvents: Pick<WebhookReader, 'provider' | 'split' | 'translate'> = {
  provider: 'paypal',
  split: splitDelivery,
  translate: translateEvent,
};

/**
 * PayPal webhooks (paypal.md 2 and 3). Secrets are the connection's webhook ids. Verifying may fetch a certificate and
 * rejects with ConnectorError when that cannot be done now: PayPal then has to send again.
 * @throws when the configured addresses or issuers cannot be used.
 */
export function paypalWebhook(options: PaypalWebhookOptions): WebhookReader {
  return {
    ...paypalEvents,
    mediaTypes: ['application/json'],
    verify: paypalVerification(options),
  };
}

import { type DomainEvent, type InboundEvent, UNREADABLE_EVENT, type WebhookReader } from '@mlc/core';
import { holdsJson } from '../shared/holds-json.ts';
import { BOUNCED_PAYOUT, bouncedPayout } from './bounced-payout.ts';
import { verifySignature } from './webhook-signature.ts';
import { splitDelivery } from './webhook-split.ts';

type StoredEvent = Pick<InboundEvent, 'type' | 'resourceId' | 'payload'>;

/** What an event of each resource type means to us; all others are kept and skipped. */
const MEANINGS: Readonly<
  Record<string, (resourceId: string, action: string, payload: string) => DomainEvent>
> = {
  payments: (debitId, action) => ({ kind: 'debit-changed', debitId, action }),
  mandates: (mandateId, action) => ({ kind: 'mandate-changed', mandateId, action }),
  customers: (customerId) => ({ kind: 'customer-changed', customerId }),
  subscriptions: scheduleChanged,
  instalment_schedules: scheduleChanged,
  billing_requests: (billingRequestId, action) =>
    action === 'fulfilled'
      ? { kind: 'billing-request-fulfilled', billingRequestId }
      : { kind: 'irrelevant', why: `a billing request is only followed once it is fulfilled, not ${action}` },
  payouts: (payoutId, action) => ({ kind: 'payout-changed', payoutId, action }),
  creditors: (_creditorId, action, payload) =>
    action === BOUNCED_PAYOUT
      ? bouncedPayout(payload)
      : { kind: 'irrelevant', why: `of a creditor only a bounced payout is followed, not ${action}` },
  refunds: (refundId, action) => ({ kind: 'debit-refund-changed', refundId, action }),
};

function scheduleChanged(scheduleId: string): DomainEvent {
  if (scheduleId === '') return { kind: 'irrelevant', why: 'the event names no subscription or schedule' };
  return { kind: 'schedule-changed', scheduleId };
}

function translateEvent(event: StoredEvent): DomainEvent {
  if (event.type === UNREADABLE_EVENT) {
    return {
      kind: 'unreadable',
      why: holdsJson(event.payload)
        ? 'an event in a GoCardless delivery lacks an id, a type or the id of its object'
        : 'its body is not JSON',
    };
  }
  const [resourceType = '', action = ''] = event.type.split('.');
  const meaning = Object.hasOwn(MEANINGS, resourceType) ? MEANINGS[resourceType] : undefined;
  if (meaning === undefined) return { kind: 'irrelevant', why: `no flow follows GoCardless ${resourceType}` };
  return meaning(event.resourceId, action, event.payload);
}

/**
 * GoCardless webhooks (gocardless.md 4). Secrets are endpoint secrets of the dashboard. An event carries no amount and
 * no status, so its translation only names the object to fetch.
 */
export const gocardlessWebhook: WebhookReader = {
  provider: 'gocardless',
  mediaTypes: ['application/json'],
  verify: verifySignature,
  split: (delivery) => splitDelivery(delivery.rawBody),
  translate: translateEvent,
};

import { type InboundEvent, type ReviewKind, type Subject, WAITING_FOR_PENDING } from '@mlc/core';

type NamedEvent = Pick<InboundEvent, 'provider' | 'type' | 'resourceId' | 'externalEventId'>;

/** PayPal names events after the family of the object, and what its refunds are about is the refund (paypal.md 2). */
const PAYPAL_OBJECTS: readonly (readonly [type: RegExp, object: string])[] = [
  [/^PAYMENT\.(REFUND\.|\w+\.(REFUNDED|REVERSED)$)/, 'refund'],
  [/^PAYMENT\./, 'capture'],
  [/^CHECKOUT\.ORDER\./, 'order'],
  [/^INVOICING\./, 'invoice'],
  [/^CUSTOMER\.DISPUTE\./, 'dispute'],
  [/^BALANCE\./, 'transaction'],
];

/** The object an event is about, as at its provider: `payments.failed` on `PM1` is the payment PM1. */
export function subjectOf(event: NamedEvent): Subject {
  if (event.resourceId === '') return eventSubject(event);
  return { provider: event.provider, type: objectOf(event), id: event.resourceId };
}

function objectOf({ provider, type }: NamedEvent): string {
  const known = provider === 'paypal' ? PAYPAL_OBJECTS.find(([pattern]) => pattern.test(type)) : undefined;
  const word = type.split('.')[0] ?? 'event';
  return known?.[1] ?? word.replace(/s$/, '');
}

/** The event itself. */
export function eventSubject(event: NamedEvent): Subject {
  return { provider: event.provider, type: 'event', id: event.externalEventId };
}

/** The link to a provider whose credentials a person has to renew. */
export function connectionSubject(provider: string, connectionId: string): Subject {
  return { provider, type: 'connection', id: connectionId };
}

/**
 * What work that was parked for too long becomes. A mandate, a connection and a payout have kinds of their own; what else
 * is waited for is an object a provider told of and does not show: an event that says what cannot be read.
 */
export function reviewKindOfWaiting(waitingFor: string): ReviewKind {
  if (waitingFor.startsWith('mandate:')) return 'no_mandate';
  if (waitingFor.startsWith('connection:')) return 'reauthorise';
  if (waitingFor.startsWith('payout:')) return 'payout_unexplained';
  if (waitingFor.startsWith(WAITING_FOR_PENDING)) return 'unmatched_payment';
  return 'unreadable_event';
}

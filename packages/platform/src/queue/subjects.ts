import type { InboundEvent, ReviewKind, Subject } from '@mlc/core';

type NamedEvent = Pick<InboundEvent, 'provider' | 'type' | 'resourceId' | 'externalEventId'>;

/** The object an event is about, as at its provider: `payments.failed` on `PM1` is the payment PM1. */
export function subjectOf(event: NamedEvent): Subject {
  if (event.resourceId === '') return eventSubject(event);
  const word = event.type.split('.')[0] ?? 'event';
  return { provider: event.provider, type: word.replace(/s$/, ''), id: event.resourceId };
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
 * What work that was parked for too long becomes. A mandate and a connection have kinds of their own; what else is
 * waited for is an object that should have appeared at a provider, nearly always the invoice.
 */
export function reviewKindOfWaiting(waitingFor: string): ReviewKind {
  if (waitingFor.startsWith('mandate:')) return 'no_mandate';
  if (waitingFor.startsWith('connection:')) return 'reauthorise';
  if (waitingFor.startsWith('payout:')) return 'payout_unexplained';
  return 'invoice_missing';
}

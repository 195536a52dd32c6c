import type { ListedDispute, PolledEvent, PolledIdentity } from '@mlc/core';
import { POLLED_ID } from './balance-events.ts';
import { isPaypalId } from './request.ts';
import { polledUnreadable } from './polled-unreadable.ts';

const TYPE = 'CUSTOMER.DISPUTE.UPDATED';

/** A dispute of PayPal's list as the event that would have told of it; its own page says how it stands. */
export function polledDispute({ id, updatedAt, json }: ListedDispute, windowFrom: Date): PolledEvent {
  const at = updatedAt === null ? windowFrom : new Date(updatedAt);
  if (!isPaypalId(id))
    return polledUnreadable({ key: json, id: '', at, type: 'dispute', why: 'it has no id', json });
  const externalEventId = `${POLLED_ID}dispute:${id}:${updatedAt ?? ''}`;
  return {
    type: TYPE,
    externalEventId,
    resourceId: id,
    payload: JSON.stringify({ id: externalEventId, event_type: TYPE, resource: { dispute_id: id } }),
    at,
    identity: updatedAt === null ? { kind: 'only-polled' } : changedAt(at),
  };
}

function changedAt(at: Date): PolledIdentity {
  return { kind: 'object-state', changed: { earliest: at, latest: at }, noun: 'CUSTOMER', booking: null };
}

import type { PolledEvent } from '@mlc/core';
import { POLLED_ID, type Unreadable, UNREADABLE_LISTED, unreadablePayload } from './balance-events.ts';
import { isPaypalId } from './request.ts';

/** A name made of what something unreadable says is no longer than this. */
const KEY_MAX = 160;

/** Something of a list that cannot be read, with where it stands. */
export interface UnreadableListed extends Unreadable {
  /** The same however often it is listed. */
  readonly key: string;
  /** Its id at PayPal, '' when it has none. */
  readonly id: string;
  /** The list's own time for it, else that of its window. */
  readonly at: Date;
}

/** The event that has a person asked about it; its neighbours in the list go on. */
export function polledUnreadable(listed: UnreadableListed): PolledEvent {
  const { key, id, at } = listed;
  const externalEventId = `${POLLED_ID}unreadable:${key.slice(0, KEY_MAX)}`;
  return {
    type: UNREADABLE_LISTED,
    externalEventId,
    resourceId: isPaypalId(id) ? id : '',
    payload: unreadablePayload(externalEventId, listed),
    at,
    identity: { kind: 'only-polled' },
  };
}

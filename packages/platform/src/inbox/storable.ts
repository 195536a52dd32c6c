import { createHash } from 'node:crypto';
import { type SplitEvent, UNREADABLE_EVENT } from '@mlc/core';

/** Longest id or type that is kept as it is: an index row of Postgres may not exceed 2,704 bytes. */
const ID_LENGTH_MAX = 400;

/** Columns that Postgres would refuse: NUL is not text there, a lone surrogate is not UTF-8. */
function isText(text: string): boolean {
  return !text.includes('\0') && (text as WellFormable).isWellFormed();
}

/** Node 20 has it; the ES2023 library of the compiler does not know it yet. */
type WellFormable = string & { isWellFormed(): boolean };

function isId(text: string): boolean {
  return text.length <= ID_LENGTH_MAX && isText(text);
}

/** True when Postgres can hold the event as it is. */
export function isStorable(event: SplitEvent): boolean {
  return isId(event.type) && isId(event.externalEventId) && isId(event.resourceId) && isText(event.payload);
}

/**
 * The stored form of an event whose text Postgres cannot hold: nothing of it is lost, a person looks at it. Its id is
 * derived from the content, so that a repetition is still a duplicate.
 */
export function asUnreadable(event: SplitEvent): SplitEvent {
  const content = JSON.stringify([event.type, event.externalEventId, event.resourceId, event.payload]);
  const sha256 = createHash('sha256').update(content, 'utf8').digest('hex');
  return {
    type: UNREADABLE_EVENT,
    externalEventId: `event-sha256:${sha256}`,
    resourceId: '',
    payload: Buffer.from(content, 'utf8').toString('base64'),
  };
}

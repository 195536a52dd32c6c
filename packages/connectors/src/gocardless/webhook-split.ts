import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type SplitEvent, type SplitResult, UNREADABLE_EVENT } from '@mlc/core';

/** Ids as they have been seen, and short enough for an index; anything else is not an id (gocardless.md 1.3). */
const ID = /^[A-Za-z0-9_-]{1,255}$/;
const WORD = /^[a-z0-9_]{1,64}$/;

/** Resource types that flows act on: without the id of their object such an event says nothing. */
const NEEDS_ITS_OBJECT: ReadonlySet<string> = new Set([
  'payments',
  'mandates',
  'customers',
  'billing_requests',
  'payouts',
  'refunds',
]);

/** A delivery as GoCardless writes it, around what may be its only element. */
const ONE_ELEMENT = /^\{"events":\[(\{.*\})\](?:,"meta":\{"webhook_id":"\w+"\})?\}$/s;

/**
 * Splits a delivery (`{"events":[…],"meta":{…}}`, up to 250 events, `meta` may be missing; gocardless.md 4.1) into one
 * event each. On the hot path: the body is parsed once and each element is checked by hand.
 */
export function splitDelivery(rawBody: Uint8Array): SplitResult {
  const text = isUtf8(rawBody) ? textIn(rawBody) : '';
  const only = readOnlyEvent(text);
  if (only !== null) return { kind: 'events', events: [only] };
  const body = parsed(text);
  if (!isObject(body)) return { kind: 'unreadable', why: 'the body is not a JSON object' };
  const elements = body['events'];
  if (!Array.isArray(elements)) return { kind: 'unreadable', why: 'the body has no array "events"' };
  return {
    kind: 'events',
    events: elements.map((element: unknown, index) => splitElement(element, index, rawBody)),
  };
}

/** One event from elsewhere than a delivery, in the same form: the same event gives the same id. */
export function splitEvent(element: unknown): SplitEvent {
  return splitElement(element, 0, Buffer.alloc(0));
}

function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** undefined when it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The event of a delivery of one, its payload as it was received: writing it again was a third of the splitting in a profile.
 * What stands between the brackets is one element exactly if it is JSON by itself. null: look at it the long way.
 */
function readOnlyEvent(text: string): SplitEvent | null {
  const element = ONE_ELEMENT.exec(text)?.[1];
  return element === undefined ? null : readEvent(parsed(element), element);
}

function splitElement(element: unknown, index: number, rawBody: Uint8Array): SplitEvent {
  const text = textOf(element);
  if (text === null) return unreadable(`${index}:${sha256(rawBody)}`, rawBody);
  return readEvent(element, text) ?? unreadable(text, Buffer.from(text));
}

/** The element's own JSON; null when it is nested so deeply that it cannot be written again. */
function textOf(element: unknown): string | null {
  try {
    return JSON.stringify(element);
  } catch {
    return null;
  }
}

function readEvent(element: unknown, text: string): SplitEvent | null {
  if (!isObject(element)) return null;
  const { id, resource_type: resourceType, action, links } = element;
  if (typeof id !== 'string' || !ID.test(id)) return null;
  if (typeof resourceType !== 'string' || !WORD.test(resourceType)) return null;
  if (typeof action !== 'string' || !WORD.test(action)) return null;
  const resourceId = linkOf(resourceType, links);
  if (resourceId === '' && NEEDS_ITS_OBJECT.has(resourceType)) return null;
  return { type: `${resourceType}.${action}`, externalEventId: id, resourceId, payload: text };
}

/** The id under the singular of the resource type: `payments` → `links.payment`; '' when there is none. */
function linkOf(resourceType: string, links: unknown): string {
  if (!isObject(links)) return '';
  const id = links[resourceType.endsWith('s') ? resourceType.slice(0, -1) : resourceType];
  return typeof id === 'string' && ID.test(id) ? id : '';
}

/** Named by its content, so that the same poison delivered twice is one event. */
function unreadable(named: string, content: Uint8Array): SplitEvent {
  return {
    type: UNREADABLE_EVENT,
    externalEventId: `unreadable-sha256:${sha256(named)}`,
    resourceId: '',
    payload: Buffer.from(content).toString('base64'),
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

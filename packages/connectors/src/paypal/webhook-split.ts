import { isUtf8 } from 'node:buffer';
import type { Delivery, SplitResult } from '@mlc/core';
import { POLLED_ID } from './balance-events.ts';
import { field, isObject, parseJson } from './json.ts';
import { resourceIdOf } from './webhook-resource.ts';

/** `WH-<17>-<17>`, and the shorter ones of older days; anything else is no id. */
const EVENT_ID = /^[A-Za-z0-9_.:-]{1,255}$/;
const EVENT_TYPE = /^[A-Z0-9_.-]{1,128}$/;

/**
 * One delivery is one event (paypal.md 2.1); its payload is the body as it came. Reads nothing but the body, so that
 * events of PayPal's own list can be split the same way.
 */
export function splitDelivery({ rawBody }: Pick<Delivery, 'rawBody'>): SplitResult {
  const payload = isUtf8(rawBody) ? Buffer.from(rawBody).toString('utf8') : null;
  if (payload === null) return { kind: 'unreadable', why: 'the body is not UTF-8' };
  const event = parseJson(payload);
  if (!isObject(event)) return { kind: 'unreadable', why: 'the body is not a JSON object' };
  const [id, type] = [field(event, 'id'), field(event, 'event_type')];
  if (!EVENT_ID.test(id) || id.startsWith(POLLED_ID))
    return { kind: 'unreadable', why: 'field id is missing or no event id' };
  if (!EVENT_TYPE.test(type))
    return { kind: 'unreadable', why: 'field event_type is missing or no event type' };
  const resourceId = resourceIdOf(type, event['resource']);
  return { kind: 'events', events: [{ type, externalEventId: id, resourceId, payload }] };
}

import type { Clock, PaypalWebhookEvent } from '@mlc/core';
import { z } from 'zod';
import type { PaypalClient } from './client.ts';
import { isObject } from './json.ts';
import { eachElement } from './linked-pages.ts';
import { toPaypalMoment } from './moment.ts';
import { moment } from './schema.ts';

const PAGE_SIZE = 100;
/** PayPal's dashboard promises 30 days of events; an older start is refused (paypal.md 4.3). A minute for the way. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000 - 60_000;

/** Only what names the event; the rest is kept as it is. */
const event = z.looseObject({
  id: z.string().min(1),
  event_type: z.string().min(1),
  create_time: moment.nullish().catch(null),
});

/** What listing takes. */
export interface EventList {
  readonly client: PaypalClient;
  readonly clock: Clock;
  /** RFC 3339. */
  readonly from: string;
  /** null: up to the newest. */
  readonly to: string | null;
}

/**
 * PayPal's own list of the events it sent to this app's webhooks, each once. Older ones than PayPal keeps are left out. An
 * element that names no event has '' as its id and type: somebody has to look at it.
 */
export async function* listWebhookEvents(
  list: EventList,
): AsyncGenerator<PaypalWebhookEvent, void, undefined> {
  const { client, clock } = list;
  const fromMs = Math.max(Date.parse(list.from), clock.now().getTime() - KEPT_MS);
  const toMs = list.to === null ? null : Date.parse(list.to);
  if (toMs !== null && toMs < fromMs) return;
  const query = {
    page_size: String(PAGE_SIZE),
    start_time: toPaypalMoment(fromMs),
    ...(toMs === null ? {} : { end_time: toPaypalMoment(toMs) }),
  };
  const path = '/v1/notifications/webhooks-events';
  const seen = new Set<string>();
  for await (const element of eachElement(client, {
    operation: 'listWebhookEvents',
    path,
    query,
    name: 'events',
  })) {
    const one = readEvent(element, new Date(fromMs).toISOString());
    const name = one.id === '' ? one.json : one.id;
    if (!seen.has(name)) yield one;
    seen.add(name);
  }
}

function readEvent(element: unknown, from: string): PaypalWebhookEvent {
  const read = event.safeParse(element);
  if (!read.success) return { id: '', type: '', createdAt: from, json: JSON.stringify(element) };
  // The list adds how the delivery went; the event itself is what was delivered (paypal.md 2.1).
  const { status: _status, transmissions: _transmissions, ...delivered } = isObject(element) ? element : {};
  const { id, event_type: type, create_time: createdAt } = read.data;
  return { id, type, createdAt: createdAt ?? from, json: JSON.stringify(delivered) };
}

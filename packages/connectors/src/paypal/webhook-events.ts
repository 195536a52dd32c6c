import type { Clock, PaypalWebhookEvent } from '@mlc/core';
import { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { inWords } from './request.ts';
import { links, moment } from './schema.ts';

const OPERATION = 'listWebhookEvents';
const PATH = '/v1/notifications/webhooks-events';
const PAGE_SIZE = 100;
const PAGES_MAX = 1_000;
/** PayPal's dashboard promises 30 days of events; an older start is refused (paypal.md 4.3). A minute for the way. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000 - 60_000;

/** Only what names the event; the rest is kept as it is. */
const event = z.looseObject({ id: z.string().min(1), event_type: z.string().min(1), create_time: moment });
const page = z.object({ events: z.array(z.unknown()).nullish(), links });

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
 * element without id, type or time names no event and is passed over.
 */
export async function* listWebhookEvents(
  list: EventList,
): AsyncGenerator<PaypalWebhookEvent, void, undefined> {
  const { client, clock } = list;
  const fromMs = Math.max(Date.parse(list.from), clock.now().getTime() - KEPT_MS);
  const toMs = list.to === null ? null : Date.parse(list.to);
  if (toMs !== null && toMs < fromMs) return;
  let query: Readonly<Record<string, string>> | null = {
    page_size: String(PAGE_SIZE),
    start_time: toPaypalMoment(fromMs),
    ...(toMs === null ? {} : { end_time: toPaypalMoment(toMs) }),
  };
  const asked = new Set<string>();
  const seen = new Set<string>();
  for (let pages = 0; query !== null; pages += 1) {
    const outgoing = { operation: OPERATION, method: 'GET' as const, path: PATH, query };
    const key = new URLSearchParams(query).toString();
    if (asked.has(key) || pages === PAGES_MAX) {
      throw failureOf(inWords(outgoing), 'transient', 'its pages go in a circle');
    }
    asked.add(key);
    const found: z.infer<typeof page> = await client.send({ ...outgoing, answer: page });
    for (const one of eventsOf(found)) {
      if (!seen.has(one.id)) yield one;
      seen.add(one.id);
    }
    query = nextQuery(found);
  }
}

function eventsOf(found: z.infer<typeof page>): PaypalWebhookEvent[] {
  return (found.events ?? []).flatMap((element) => {
    const read = event.safeParse(element);
    if (!read.success) return [];
    // The list adds how the delivery went; the event itself is what was delivered (paypal.md 2.1).
    const {
      status: _status,
      transmissions: _transmissions,
      ...delivered
    } = element as Record<string, unknown>;
    const { id, event_type: type, create_time: createdAt } = read.data;
    return [{ id, type, createdAt, json: JSON.stringify(delivered) }];
  });
}

/** Only the query of the link: its host is often the legacy one (paypal.md 0). */
function nextQuery(found: z.infer<typeof page>): Readonly<Record<string, string>> | null {
  const next = found.links.find(({ rel }) => rel === 'next')?.href;
  if (next === undefined || (found.events ?? []).length === 0 || !URL.canParse(next)) return null;
  const { pathname, searchParams } = new URL(next);
  return pathname === PATH ? Object.fromEntries(searchParams) : null;
}

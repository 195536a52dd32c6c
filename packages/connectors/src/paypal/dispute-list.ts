import type { Clock, ListedDispute } from '@mlc/core';
import { z } from 'zod';
import type { PaypalClient } from './client.ts';
import { eachElement } from './linked-pages.ts';
import { moment } from './schema.ts';

/** The most PayPal gives at once (paypal.md 5.4). */
const PAGE_SIZE = 50;
/** Asking for more than about 180 days is refused (INVALID_DATE_RANGE, paypal.md 5.4). A day for the way. */
export const DISPUTES_KEPT_MS = 179 * 24 * 60 * 60 * 1000;

const item = z.object({
  dispute_id: z.string().min(1),
  update_time: moment.nullish().catch(null),
  create_time: moment.nullish().catch(null),
});

/** What listing takes. */
export interface DisputeList {
  readonly client: PaypalClient;
  readonly clock: Clock;
  /** RFC 3339. */
  readonly from: string;
  /** null: up to the newest. */
  readonly to: string | null;
}

/** As core's port `Captures` describes it. */
export async function* listDisputes({
  client,
  clock,
  from,
  to,
}: DisputeList): AsyncGenerator<ListedDispute, void, undefined> {
  const fromMs = Math.max(Date.parse(from), clock.now().getTime() - DISPUTES_KEPT_MS);
  if (to !== null && Date.parse(to) < fromMs) return;
  const query = {
    page_size: String(PAGE_SIZE),
    update_time_after: new Date(fromMs).toISOString(),
    ...(to === null ? {} : { update_time_before: new Date(to).toISOString() }),
  };
  const path = '/v1/customer/disputes';
  for await (const element of eachElement(client, {
    operation: 'listDisputes',
    path,
    query,
    name: 'items',
    mayBeMissing: true,
  })) {
    const read = item.safeParse(element);
    const json = JSON.stringify(element);
    if (!read.success) {
      yield { id: '', updatedAt: null, json };
      continue;
    }
    const { dispute_id: id, update_time: updatedAt, create_time: createdAt } = read.data;
    yield { id, updatedAt: updatedAt ?? createdAt ?? null, json };
  }
}

import type {
  Captures,
  Clock,
  EventSource,
  PaypalTransaction,
  PolledEvent,
  PollTiming,
  PollWindow,
  UnreadableTransaction,
} from '@mlc/core';
import { DISPUTES_KEPT_MS } from './dispute-list.ts';
import { polledDispute } from './polled-dispute.ts';
import { polledRow } from './polled-row.ts';
import { polledUnreadable } from './polled-unreadable.ts';
import { splitDelivery } from './webhook-split.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What reading PayPal's lists takes. */
export interface PaypalLists {
  readonly captures: Pick<
    Captures,
    | 'searchTransactions'
    | 'pendingTransactions'
    | 'listDisputes'
    | 'listWebhookEvents'
    | 'getCapture'
    | 'getRefund'
  >;
  readonly clock: Clock;
}

/** PayPal keeps its webhook events for 30 days (paypal.md 4.3). */
const EVENTS: PollTiming = {
  firstLookBackMs: DAY_MS,
  overlapMs: 15 * MINUTE_MS,
  windowMaxMs: 10 * DAY_MS,
  keptMs: 29 * DAY_MS,
};

/**
 * The list is up to 3 h behind and goes by the day a payment was initiated, so one that was pending changes in an old
 * window (paypal.md 4.4).
 */
const TRANSACTIONS: PollTiming = {
  firstLookBackMs: 4 * DAY_MS,
  overlapMs: 3 * DAY_MS,
  windowMaxMs: 31 * DAY_MS,
  keptMs: 3 * 365 * DAY_MS - DAY_MS,
};

/** By the day a dispute last changed; the list goes back about 180 days (paypal.md 5.4), and its lag is not told. */
const DISPUTES: PollTiming = {
  firstLookBackMs: 30 * DAY_MS,
  overlapMs: 3 * HOUR_MS,
  windowMaxMs: 90 * DAY_MS,
  keptMs: DISPUTES_KEPT_MS,
};

/** Payments that wait for a bank are through within a fortnight or so; one window of PayPal's is looked back for them. */
const PENDING_MS = 31 * DAY_MS;

/**
 * PayPal's own list of the events of this app; Transaction Search, because payments that came about elsewhere (another app,
 * PayPal.me) raise no event of this app (paypal.md 4.1); and the disputes, which are about any of them.
 */
export function paypalEventSources(lists: PaypalLists): readonly EventSource[] {
  return [
    { name: 'webhooks-events', timing: EVENTS, read: (window) => readEvents(lists, window) },
    {
      name: 'transactions',
      timing: TRANSACTIONS,
      read: (window) => readTransactions(lists, window),
      isAnnounced: (event) => isOfThisApp(lists, event),
    },
    { name: 'disputes', timing: DISPUTES, read: (window) => readDisputes(lists, window) },
  ];
}

/** What came about elsewhere has no object of the API that this app may read (paypal.md appendix C). */
async function isOfThisApp(
  { captures }: PaypalLists,
  { type, resourceId }: Pick<PolledEvent, 'type' | 'resourceId'>,
): Promise<boolean> {
  const isRefund = type === 'PAYMENT.CAPTURE.REFUNDED' || type === 'PAYMENT.CAPTURE.REVERSED';
  return (await (isRefund ? captures.getRefund(resourceId) : captures.getCapture(resourceId))) !== null;
}

async function* readEvents(
  { captures }: PaypalLists,
  { from, until }: PollWindow,
): AsyncGenerator<PolledEvent> {
  for await (const { json, createdAt } of captures.listWebhookEvents(
    from.toISOString(),
    until?.toISOString() ?? null,
  )) {
    const at = new Date(createdAt);
    const split = splitDelivery({ rawBody: Buffer.from(json) });
    if (split.kind === 'unreadable')
      yield polledUnreadable({ key: json, id: '', at, type: 'webhook event', why: split.why, json });
    else for (const event of split.events) yield { ...event, at, identity: { kind: 'provider-event' } };
  }
}

async function* readDisputes(
  { captures }: PaypalLists,
  { from, until }: PollWindow,
): AsyncGenerator<PolledEvent> {
  const to = until?.toISOString() ?? null;
  for await (const dispute of captures.listDisputes(from.toISOString(), to))
    yield polledDispute(dispute, from);
}

async function* readTransactions(
  { captures, clock }: PaypalLists,
  { from, until }: PollWindow,
): AsyncGenerator<PolledEvent> {
  const to = until ?? clock.now();
  const aside: UnreadableTransaction[] = [];
  for await (const row of eachRow({ captures, clock }, { from, until: to }, aside)) {
    const event = polledRow(row);
    if (event !== null) yield event;
  }
  for (const row of aside) yield polledUnreadable({ ...row, type: 'transaction', at: from });
}

/** What is pending since long before the window is listed as well: nothing later tells of it when it goes by its first day. */
async function* eachRow(
  { captures }: PaypalLists,
  { from, until }: { readonly from: Date; readonly until: Date },
  aside: UnreadableTransaction[],
): AsyncGenerator<PaypalTransaction> {
  const [first, last] = [from.toISOString(), until.toISOString()];
  yield* captures.searchTransactions(first, last, { unreadable: (row) => aside.push(row) });
  const before = new Date(from.getTime() - 1_000);
  const since = new Date(until.getTime() - PENDING_MS);
  if (since < before) yield* captures.pendingTransactions(since.toISOString(), before.toISOString());
}

import type {
  Captures,
  Clock,
  EventSource,
  PaypalTransaction,
  PolledEvent,
  PollTiming,
  PollWindow,
} from '@mlc/core';
import { BALANCE_EVENT, balancePayload } from './balance-events.ts';
import { splitDelivery } from './webhook-split.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What reading PayPal's lists takes. */
export interface PaypalLists {
  readonly captures: Pick<Captures, 'searchTransactions' | 'listWebhookEvents'>;
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

/**
 * PayPal's own list of the events of this app, and Transaction Search, because payments that came about elsewhere (another
 * app, PayPal.me) raise no event of this app (paypal.md 4.1).
 */
export function paypalEventSources(lists: PaypalLists): readonly EventSource[] {
  return [
    { name: 'webhooks-events', timing: EVENTS, read: (window) => readEvents(lists, window) },
    { name: 'transactions', timing: TRANSACTIONS, read: (window) => readTransactions(lists, window) },
  ];
}

async function* readEvents(
  { captures }: PaypalLists,
  { from, until }: PollWindow,
): AsyncGenerator<PolledEvent> {
  for await (const { json, createdAt } of captures.listWebhookEvents(
    from.toISOString(),
    until?.toISOString() ?? null,
  )) {
    const split = splitDelivery({ rawBody: Buffer.from(json) });
    const [event] = split.kind === 'events' ? split.events : [];
    if (event !== undefined) {
      yield { ...event, at: new Date(createdAt), identity: { kind: 'provider-event' } };
    }
  }
}

async function* readTransactions(
  { captures, clock }: PaypalLists,
  { from, until }: PollWindow,
): AsyncGenerator<PolledEvent> {
  const to = (until ?? clock.now()).toISOString();
  for await (const row of captures.searchTransactions(from.toISOString(), to)) {
    const event = toPolled(row) ?? movementOf(row);
    if (event !== null) yield event;
  }
}

/** Which object a row makes us look at, as the event that would have told of it; null for rows that are neither payment nor refund. */
export function meaningOf(row: PaypalTransaction): { type: string; resourceId: string } | null {
  const { id, referenceId, eventCode, amount, status } = row;
  if (eventCode === 'T1107') return { type: 'PAYMENT.CAPTURE.REFUNDED', resourceId: id };
  if (eventCode === 'T1106') return { type: 'PAYMENT.CAPTURE.REVERSED', resourceId: id };
  // A chargeback and its end name the payment (paypal.md 4.4), which says how it stands; once through they move money.
  if (eventCode.startsWith('T12')) {
    const isName = referenceId !== null && !MOVED.has(status);
    return isName ? { type: 'PAYMENT.CAPTURE.UPDATED', resourceId: referenceId } : null;
  }
  if (!eventCode.startsWith('T00') || amount.minor <= 0n) return null;
  return { type: TYPES[status] ?? 'PAYMENT.CAPTURE.UPDATED', resourceId: id };
}

/** Statuses of rows that moved the balance: one that was reversed did, and its reversal is a row of its own (paypal.md 4.4). */
const MOVED: ReadonlySet<string> = new Set(['S', 'V']);

const TYPES: Readonly<Record<string, string>> = {
  S: 'PAYMENT.CAPTURE.COMPLETED',
  P: 'PAYMENT.CAPTURE.PENDING',
  D: 'PAYMENT.CAPTURE.DENIED',
};

/** Everything else that moved the balance: a withdrawal, a hold, an exchange. Only Transaction Search tells of it. */
function movementOf(row: PaypalTransaction): PolledEvent | null {
  const { id, eventCode, status, amount, fee } = row;
  const isNothing = amount.minor === 0n && (fee === null || fee.minor === 0n);
  if (!MOVED.has(status) || isNothing || !/^T\d{4}$/.test(eventCode)) return null;
  const externalEventId = `poll:${id}:${eventCode}:${status}`;
  return {
    type: `${BALANCE_EVENT}${eventCode}`,
    externalEventId,
    resourceId: id,
    payload: balancePayload(externalEventId, row),
    at: new Date(row.initiatedAt),
    identity: { kind: 'only-polled' },
  };
}

function toPolled(row: PaypalTransaction): PolledEvent | null {
  const meaning = meaningOf(row);
  if (meaning === null) return null;
  const { type, resourceId } = meaning;
  const changedAt = new Date(row.updatedAt);
  const externalEventId = `poll:${row.id}:${row.status}`;
  return {
    type,
    externalEventId,
    resourceId,
    payload: payloadOf(externalEventId, row, meaning),
    at: new Date(row.initiatedAt),
    identity: {
      kind: 'object-state',
      changed: { earliest: changedAt, latest: changedAt },
      noun: null,
      booking: { by: 'source', provider: 'paypal', sourceId: resourceId },
    },
  };
}

/** As much of a webhook's body as its translation reads. */
function payloadOf(
  id: string,
  row: PaypalTransaction,
  meaning: { type: string; resourceId: string },
): string {
  const isRefund =
    meaning.resourceId === row.id && row.referenceId !== null && row.eventCode.startsWith('T11');
  const resource = { id: meaning.resourceId, ...(isRefund ? { capture_id: row.referenceId } : {}) };
  return JSON.stringify({ id, event_type: meaning.type, resource });
}

import type { BookingRef, EventSource, PolledEvent, PollTiming, PollWindow } from '@mlc/core';
import { z } from 'zod';
import { resource, type Resource } from './account.ts';
import { freshbooksClient, type FreshBooksOptions } from './client.ts';
import { readMoment } from './new-york-time.ts';
import { everyRow } from './paging.ts';
import { type PollDays, daysOf, isWithin } from './poll-days.ts';
import { wireId } from './schema.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Days are added to both ends when asking, see `daysOf`. FreshBooks keeps its objects for good. */
const TIMING: PollTiming = {
  firstLookBackMs: DAY_MS,
  overlapMs: 10 * MINUTE_MS,
  windowMaxMs: 14 * DAY_MS,
  keptMs: 3_650 * DAY_MS,
};

/** What events are called after, and the list its objects are in. */
const LISTS = { client: 'clients', invoice: 'invoices', payment: 'payments' } as const;
type Noun = keyof typeof LISTS;

const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : ''));

/** As little of an object as will do: what cannot be read in it is for the flow to say. */
const polledRow = z.object({
  id: wireId,
  updated: text,
  note: text,
  vis_state: z.unknown().optional(),
});
type PolledRow = z.infer<typeof polledRow>;

const DELETED = 1;
/** The key of a posting of ours in a payment's note. */
const OUR_KEY = /(?:^|\s)mlc:([0-9a-f]{32})(?:\s|$)/;

/**
 * FreshBooks keeps no list of events: invoices, clients and payments are listed by the day they were last changed,
 * deleted ones too, and each change becomes the event its webhook would have been (freshbooks.md 5.3).
 */
export function freshbooksEventSources(options: FreshBooksOptions): readonly EventSource[] {
  const client = freshbooksClient(options);
  return (Object.keys(LISTS) as Noun[]).map((noun) => ({
    name: noun,
    timing: TIMING,
    read: (window: PollWindow) =>
      readChanges(resource(client, options.accountId, LISTS[noun]), {
        noun,
        accountId: options.accountId,
        window,
      }),
  }));
}

interface Asked {
  readonly noun: Noun;
  readonly accountId: string;
  readonly window: PollWindow;
}

/** Deleted objects are in no list unless they are asked for (freshbooks.md 2.2). */
async function* readChanges(from: Resource, asked: Asked): AsyncGenerator<PolledEvent> {
  const days = daysOf(asked.window);
  for (const more of [{}, { vis_state: String(DELETED) }]) {
    for await (const row of listChanged(from, asked.noun, days, more)) yield toPolled(row, asked);
  }
}

/** Filters that FreshBooks ignores give everything: the days are checked again. */
function listChanged(
  { client, path }: Resource,
  noun: Noun,
  days: PollDays,
  more: Readonly<Record<string, string>>,
): AsyncIterable<PolledRow> {
  return everyRow(client, {
    operation: `listChanged${noun.charAt(0).toUpperCase()}${noun.slice(1)}s`,
    path,
    name: LISTS[noun],
    search: {
      updated_min: days.first,
      ...(days.last === null ? {} : { updated_max: days.last }),
      ...more,
    },
    row: polledRow,
    idOf: ({ id }) => id,
    keep: ({ updated }) => isWithin(days, updated),
  });
}

function toPolled(row: PolledRow, { noun, accountId, window }: Asked): PolledEvent {
  const type = `${noun}.${row.vis_state === DELETED ? 'delete' : 'update'}`;
  const changed = readMoment(row.updated) ?? { earliest: window.from, latest: window.from };
  return {
    type,
    externalEventId: `poll:${noun}:${row.id}:${row.updated}`,
    resourceId: row.id,
    payload: new URLSearchParams({ name: type, object_id: row.id, account_id: accountId }).toString(),
    at: changed.latest,
    identity: { kind: 'object-state', changed, noun, booking: bookingOf(noun, row) },
  };
}

/** What of ours may have changed the object: a payment we made, or the invoice it is on. */
function bookingOf(noun: Noun, { id, note }: PolledRow): BookingRef | null {
  if (noun === 'invoice') return { by: 'invoice', invoiceId: id };
  const key = noun === 'payment' ? OUR_KEY.exec(note)?.[1] : undefined;
  return key === undefined ? null : { by: 'key', key };
}

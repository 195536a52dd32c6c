import type { EventSource, PolledEvent, PollTiming, PollWindow } from '@mlc/core';
import { z } from 'zod';
import { type GocardlessAccess, GocardlessClient } from './client.ts';
import type { Filters } from './request.ts';
import { splitEvent } from './webhook-split.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The list settles late (gocardless.md 4.4) and goes back 18 months (2.12). */
const TIMING: PollTiming = {
  firstLookBackMs: DAY_MS,
  overlapMs: 15 * MINUTE_MS,
  windowMaxMs: 14 * DAY_MS,
  keptMs: 500 * DAY_MS,
};

/** Read as a webhook's events are: one that cannot be read must not hide its neighbours. */
const events = { plural: 'events', schema: z.unknown() };

/** GoCardless' own list of events, every resource type: the event id is the one a webhook would have brought. */
export function gocardlessEventSources(access: GocardlessAccess): readonly EventSource[] {
  const client = new GocardlessClient(access);
  return [{ name: 'events', timing: TIMING, read: (window) => readEvents(client, window) }];
}

async function* readEvents(client: GocardlessClient, window: PollWindow): AsyncGenerator<PolledEvent> {
  for await (const row of client.list('listEvents', events, filtersOf(window))) yield toPolled(row, window);
}

/** Moments go out as UTC with a `Z` (gocardless.md 1.4). */
function filtersOf({ from, until }: PollWindow): Filters {
  const upTo: Filters = until === null ? {} : { 'created_at[lte]': until.toISOString() };
  return { 'created_at[gte]': from.toISOString(), ...upTo };
}

function toPolled(row: unknown, window: PollWindow): PolledEvent {
  const createdAt = Date.parse((row as { readonly created_at?: string } | null)?.created_at ?? '');
  const at = Number.isNaN(createdAt) ? window.from : new Date(createdAt);
  return { ...splitEvent(row), at, identity: { kind: 'provider-event' } };
}

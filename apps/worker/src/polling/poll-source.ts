import { type EventSource, nextCursor, nextWindow, type PolledEvent, type PollWindow } from '@mlc/core';
import { unreadableFlowOf } from '@mlc/flows';
import { moveCursor, readCursor } from '@mlc/platform/poll/cursors';
import type { PollTally } from '@mlc/platform/poll/end-poll-run';
import { type PolledEntry, recordPolled } from '@mlc/platform/poll/record-polled';
import type { PollRun } from '@mlc/platform/poll/runs';
import { inPages } from './in-pages.ts';
import { judgePolled } from './judge-polled.ts';
import type { Polling } from './polling.ts';

/** Stored, and audited, in one transaction. */
const PAGE_SIZE = 200;
/** Over a year, with windows of two weeks; a longer backlog is caught up with over several runs. */
const WINDOWS_MAX = 30;

/** What a run has found so far, kept also when it fails halfway. */
export interface RunSoFar {
  tally: PollTally;
  /** Ids of the events that were missing and are to run. */
  readonly missing: string[];
  /** Ids of events of which the provider said whether a webhook should have told. */
  readonly asked: string[];
  /** Events from the time when there was a connection that a webhook should have told of, and none did. */
  lost: number;
  /** When the first of these happened, by the provider's clock. */
  firstLostAt: Date | null;
}

/** A run that has found nothing yet. */
export function nothingFound(): RunSoFar {
  return {
    tally: { seen: 0, missing: 0, recovered: 0, lookedAgain: 0 },
    missing: [],
    asked: [],
    lost: 0,
    firstLostAt: null,
  };
}

/** The process stops: the run ends where it is. */
export class PollStopped extends Error {
  override readonly name = 'PollStopped';

  constructor() {
    super('the process stops; the next run goes on from here');
  }
}

/** One run over one list, from its cursor to its newest entry, a bounded number of windows at most. */
export interface SourceRun {
  readonly polling: Polling;
  readonly run: PollRun;
  readonly source: EventSource;
  readonly clocksAgree: boolean;
  /** Added to as it goes. */
  readonly found: RunSoFar;
}

/** Reads, judges and stores; the cursor moves when everything of a window is stored. */
export async function pollSource(sourceRun: SourceRun): Promise<void> {
  const { polling, run, source } = sourceRun;
  const { database, clock } = polling.runtime;
  for (let windows = 0; windows < WINDOWS_MAX; windows += 1) {
    const cursor = await readCursor(database.prisma, run.connectionId, source.name);
    const now = clock.now();
    const window = nextWindow(cursor, source.timing, now);
    const newest = await storeWindow(sourceRun, window);
    const readUpTo = nextCursor(cursor, window, { newest, now });
    await moveCursor(database.prisma, run.connectionId, source.name, readUpTo);
    if (window.until === null) return;
  }
}

/** Returns the moment of the newest thing in the window. */
async function storeWindow(sourceRun: SourceRun, window: PollWindow): Promise<Date | null> {
  let newest: Date | null = null;
  for await (const page of inPages(sourceRun.source.read(window), PAGE_SIZE)) {
    if (sourceRun.polling.stopping?.aborted === true) throw new PollStopped();
    await storePage(sourceRun, page);
    for (const { at } of page) if (newest === null || at > newest) newest = at;
  }
  return newest;
}

async function storePage(sourceRun: SourceRun, page: readonly PolledEvent[]): Promise<void> {
  const { polling, run, source, clocksAgree, found } = sourceRun;
  const { database, clock } = polling.runtime;
  const unique = [...new Map(page.map((event) => [event.externalEventId, event])).values()];
  const judged = await judgePolled({ database, run, clocksAgree, source: source.name }, unique);
  const entries = judged.map((entry) => inQuestion(sourceRun, entry));
  const target = { ...run, unreadableFlow: unreadableFlowOf(run.provider) };
  const { running, dead } = await recordPolled(database, clock, target, entries);
  const missing = running.filter(({ why }) => why === 'lost' || why === 'unended');
  found.missing.push(...missing.map(({ eventId }) => eventId));
  found.tally = {
    ...found.tally,
    seen: found.tally.seen + unique.length,
    missing: found.tally.missing + missing.length + dead,
    lookedAgain: found.tally.lookedAgain + running.filter(({ why }) => why === 'unsure').length,
  };
  for (const { why, at, inQuestion } of running) {
    if (why !== 'lost' || inQuestion === true || at < run.connectedAt) continue;
    found.lost += 1;
    if (found.firstLostAt === null || at < found.firstLostAt) found.firstLostAt = at;
  }
}

/** Whether a webhook should have told of what was lost is asked after the lists were read, where the provider has to say. */
function inQuestion({ source, run }: SourceRun, entry: PolledEntry): PolledEntry {
  const isAsked = source.isAnnounced !== undefined && entry.at >= run.connectedAt;
  return isAsked ? { ...entry, inQuestion: true } : entry;
}

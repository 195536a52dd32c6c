import { eventReaders } from '@mlc/connectors';
import {
  type Evidence,
  isStillMoving,
  type PolledEvent,
  type SplitEvent,
  type VerdictContext,
  verdictOn,
} from '@mlc/core';
import { flowFor, unreadableFlowOf } from '@mlc/flows';
import type { Database } from '@mlc/platform';
import { type ChangedObject, evidenceOf } from '@mlc/platform/poll/evidence';
import { knownOf, type PartKnown } from '@mlc/platform/poll/listed-parts';
import type { PolledEntry } from '@mlc/platform/poll/record-polled';
import type { PollRun } from '@mlc/platform/poll/runs';

/** What judging takes, for one run. */
export interface Judging {
  readonly database: Database;
  readonly run: PollRun;
  /** False when our clock is a simulated one, which the inbox's times do not follow. */
  readonly clocksAgree: boolean;
  /** Names the list in the audit log. */
  readonly source: string;
}

/** Before the first run of a connection this much counts as "since the last run". */
const FIRST_HORIZON_MS = 24 * 60 * 60 * 1000;
const NO_EVIDENCE: Evidence = { toldAt: null, lookedAt: null, wroteAt: null };

type ObjectEvent = PolledEvent & ChangedObject;

/**
 * What of a page has to go into the inbox: every event with a provider's id, as the inbox knows the ones it has, and
 * every object that was not looked at since it changed.
 */
export async function judgePolled(judging: Judging, page: readonly PolledEvent[]): Promise<PolledEntry[]> {
  const events = page.filter(({ identity }) => identity.kind === 'provider-event');
  const objects = page.filter((event): event is ObjectEvent => event.identity.kind === 'object-state');
  const known = events.map((event) => entryOf(judging, event, 'lost'));
  // No webhook tells of these, so that none was lost.
  const untold = page.filter(({ identity }) => identity.kind === 'only-polled');
  known.push(...untold.map((event) => entryOf(judging, event, 'only-polled')));
  return [...known, ...(await judgeObjects(judging, objects))];
}

async function judgeObjects(judging: Judging, objects: readonly ObjectEvent[]): Promise<PolledEntry[]> {
  if (objects.length === 0) return [];
  const { database, run, clocksAgree } = judging;
  const context: VerdictContext = { now: run.startedAt, clocksAgree, lastRunAt: run.lastRunAt };
  const evidence = await evidenceOf(database, run, objects, horizonOf(run, objects));
  const known = await knownParts(judging, objects);
  return objects.flatMap((event, index) => {
    const { changed } = event.identity;
    const { isFirst, isCounted } = known.get(event) ?? WHOLE;
    const verdict = verdictOn(changed, evidence[index] ?? NO_EVIDENCE, context);
    // Whatever was looked at was another part of the object, of which no webhook tells.
    if (!isFirst && verdict !== 'missing') return [entryOf(judging, event, 'only-polled')];
    if (verdict === 'seen') return isCounted ? [] : [entryOf(judging, event, 'unsure')];
    const settled = isStillMoving(changed, run.startedAt) ? early(event) : event;
    if (verdict === 'unsure') return [entryOf(judging, settled, 'unsure')];
    return [entryOf(judging, settled, wasTold(event, evidence[index]) ? 'unended' : 'lost')];
  });
}

/** What a list holds one of under an id is the whole object. */
const WHOLE: PartKnown = { isFirst: true, isCounted: true };

async function knownParts(
  { database, run }: Judging,
  objects: readonly ObjectEvent[],
): Promise<ReadonlyMap<ObjectEvent, PartKnown>> {
  const parts = objects.flatMap((event) => {
    const { part } = event.identity;
    return part === undefined ? [] : [{ event, resourceId: event.resourceId, part }];
  });
  const known = await knownOf(database, run, parts);
  return new Map(parts.map(({ event }, index) => [event, known[index] ?? WHOLE]));
}

/** A webhook told of the change, so that none was lost; what came of it is another matter. */
function wasTold({ identity }: ObjectEvent, evidence: Evidence | undefined): boolean {
  return evidence?.toldAt != null && evidence.toldAt >= identity.changed.earliest;
}

/** In the second it changed an object may change once more under the same moment: that one gets an id of its own. */
function early(event: ObjectEvent): ObjectEvent {
  return { ...event, externalEventId: `${event.externalEventId}:early` };
}

/** Whatever was received before says nothing about these changes. */
function horizonOf({ lastRunAt, startedAt }: PollRun, objects: readonly ObjectEvent[]): Date {
  const moments = objects.map(({ identity }) => identity.changed.earliest.getTime());
  return new Date(Math.min(...moments, lastRunAt?.getTime() ?? startedAt.getTime() - FIRST_HORIZON_MS));
}

function entryOf({ run, source }: Judging, event: PolledEvent, why: PolledEntry['why']): PolledEntry {
  const { type, externalEventId, resourceId, payload, at } = event;
  const split: SplitEvent = { type, externalEventId, resourceId, payload };
  return { event: { ...split, flow: flowOf(run.provider, split) }, at, source, why };
}

function flowOf(provider: string, event: SplitEvent): PolledEntry['event']['flow'] {
  const meaning = eventReaders.get(provider)?.translate(event);
  if (meaning === undefined) return null;
  return meaning.kind === 'unreadable' ? unreadableFlowOf(provider) : flowFor(meaning);
}

import {
  ASK_AFTER_MS,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  opens,
  PARK_LIMIT_MS,
  type Reading,
  type Repositories,
  type Review,
  settles,
  skipped,
  WAITING_FOR_GO_LIVE,
  WAITING_FOR_LIMIT,
  WAITING_FOR_PROVIDER,
} from '@mlc/core';
import type { Attempt } from './engine.ts';
import { reviewKindOfWaiting, subjectOf } from '../inbox/subjects.ts';

type Parked = Extract<FlowResult, { state: 'parked' }>;
type Waiting = Pick<Attempt, 'event' | 'parkedSince' | 'unseenSince'>;

/**
 * Parked work is looked at again after this long at first, and then after as long as it has been waiting, up to what the
 * flow asked for: what it waits for may have come between the flow's look and the park, when there was nothing parked
 * to wake yet.
 */
const FIRST_RECHECK_MS = 20_000;

/** What a person can see and alone can change may wait for as long as they like. */
const UNBOUNDED: readonly string[] = [WAITING_FOR_GO_LIVE, WAITING_FOR_LIMIT];

/**
 * What becomes of work that is to be parked: it waits; or it has waited for too long, and a person is asked. What a
 * provider told of and does not show is asked about earlier, and looked at all the same, until a person says to leave it.
 */
export async function endOfPark(
  { clock, store }: Pick<FlowContext, 'clock' | 'store'>,
  waiting: Waiting,
  parked: Parked,
): Promise<FlowResult> {
  if (UNBOUNDED.includes(parked.waitingFor)) return settlingWhatWaited(waiting, parked);
  const now = clock.now();
  const since = sinceOf(waiting, parked);
  const waitedMs = since === null ? 0 : now.getTime() - since.getTime();
  const isAsked = since !== null && parked.waitingFor === WAITING_FOR_PROVIDER && waitedMs >= ASK_AFTER_MS;
  if (isAsked && (await isLeft(store, waiting.event)))
    return skipped('already-answered', `a person said to leave it: ${parked.reason}`);
  if (since !== null && waitedMs > PARK_LIMIT_MS) return overdue(waiting.event, since, parked);
  const soonest = now.getTime() + Math.max(FIRST_RECHECK_MS, waitedMs);
  const recheckAt = new Date(Math.min(parked.recheckAt?.getTime() ?? Infinity, soonest));
  return isAsked ? asking(waiting.event, since, { ...parked, recheckAt }) : { ...parked, recheckAt };
}

/** The run found what was waited for: a question about it, if there is one, has its answer. */
export function settlingWhatWaited({ event, unseenSince }: Waiting, result: FlowResult): FlowResult {
  if (unseenSince === null) return result;
  const kind = reviewKindOfWaiting(WAITING_FOR_PROVIDER);
  const shown = settles([kind], subjectOf(event), `${event.provider} shows it now`);
  return { ...result, effects: [...result.effects, shown] };
}

function sinceOf({ parkedSince, unseenSince }: Waiting, { waitingFor }: Parked): Date | null {
  return waitingFor === WAITING_FOR_PROVIDER ? unseenSince : parkedSince;
}

async function isLeft(store: Pick<Reading, 'reviews'>, event: InboundEvent): Promise<boolean> {
  const kind = reviewKindOfWaiting(WAITING_FOR_PROVIDER);
  const answer = await store.reviews.lastAnswer(kind, subjectOf(event));
  const action = answer?.resolution?.action;
  return action === 'ignore' || action === 'done';
}

/** One open question per object, kept up to date by each look. */
function asking(event: InboundEvent, since: Date, parked: Parked): FlowResult {
  const until = dayOf(new Date(since.getTime() + PARK_LIMIT_MS));
  const advice =
    `It is looked at again by itself until ${until}, and this closes when it shows. A test event never shows: resolve it with ignore. ` +
    'Else look at the object there, do by hand what is needed, and resolve this with done.';
  const question = questionOf(event, parked.waitingFor, [notShown(event, since, parked), advice]);
  return { ...parked, effects: [...parked.effects, opens(question)] };
}

function overdue(event: InboundEvent, parkedSince: Date, parked: Parked): FlowResult {
  const kind = reviewKindOfWaiting(parked.waitingFor);
  const since = dayOf(parkedSince);
  const reasons =
    parked.waitingFor === WAITING_FOR_PROVIDER
      ? [
          notShown(event, parkedSince, parked),
          'It is not looked at any more by itself: retry looks once more. Else do by hand what is needed, and resolve this with done.',
        ]
      : [`Waiting since ${since} without result: ${parked.reason}`];
  return {
    state: 'done',
    reason: `review ${kind}: waited since ${since} for ${parked.waitingFor}`,
    details: { ...parked.details, waitingFor: parked.waitingFor, parkedSince: parkedSince.toISOString() },
    effects: [...parked.effects, opens(questionOf(event, parked.waitingFor, reasons))],
  };
}

function notShown(event: InboundEvent, since: Date, { reason }: Parked): string {
  return `${event.provider} told of ${event.type} on ${dayOf(event.receivedAt)}, and does not show it since ${since.toISOString()}: ${reason}.`;
}

function questionOf(
  event: InboundEvent,
  waitingFor: string,
  reasons: readonly string[],
): Parameters<Repositories['reviews']['open']>[0] {
  const kind: Review['kind'] = reviewKindOfWaiting(waitingFor);
  return { kind, subject: subjectOf(event), amount: null, reasons, candidates: [], eventId: event.id };
}

/** YYYY-MM-DD in UTC. */
function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

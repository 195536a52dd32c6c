import type { ChangeMoment } from '../ports/poll.ts';

/** What is known about an object that a poll found changed; moments by our clock, null = nothing of the kind. */
export interface Evidence {
  /** When a webhook about the object was last received. */
  readonly toldAt: Date | null;
  /** The same for anything that makes us look at it: a webhook, an earlier poll, a look that was booked. */
  readonly lookedAt: Date | null;
  /** When we last wrote something that changes the object ourselves. */
  readonly wroteAt: Date | null;
}

/** What our clock and the last run say about the evidence. */
export interface VerdictContext {
  readonly now: Date;
  /** False when the moments of the evidence come from another clock than `now` (a simulated time). */
  readonly clocksAgree: boolean;
  /** When the last run of this connection began; null before the first. Same clock as the evidence. */
  readonly lastRunAt: Date | null;
}

/**
 * - `seen`: we have looked at the object since it changed.
 * - `missing`: nothing has told us of the change.
 * - `unsure`: something did about the time of the change, perhaps of another change just before. Looked at again, but
 *   nothing was lost for certain.
 */
export type Verdict = 'seen' | 'unsure' | 'missing';

/** Providers write such moments in whole seconds, cut off. */
const GRANULARITY_MS = 1_000;
/** How far a write of ours may be booked before the moment its provider wrote for it. */
const WRITE_SKEW_MS = 2_000;
/** A change later than this from now was written by a clock that is not ours. */
const FUTURE_MS = 60_000;

/**
 * Whether a changed object was looked at since. Calling something seen that was not would lose it, looking once too often
 * costs a call: so `seen` needs a look that is later beyond doubt, and clocks that are a little apart err on the side of
 * another look.
 */
export function verdictOn(changed: ChangeMoment, evidence: Evidence, context: VerdictContext): Verdict {
  const { toldAt, lookedAt, wroteAt } = evidence;
  if (!isComparable(changed, context)) return isSinceLastRun(toldAt, context) ? 'unsure' : 'missing';
  if (lookedAt !== null && lookedAt.getTime() >= changed.latest.getTime() + GRANULARITY_MS) return 'seen';
  const changedMs = changed.earliest.getTime();
  if (lookedAt !== null && lookedAt.getTime() >= changedMs) return 'unsure';
  return wroteAt !== null && wroteAt.getTime() >= changedMs - WRITE_SKEW_MS ? 'unsure' : 'missing';
}

/** Whether what a moment in whole seconds names may not be over yet: another change of that second would look the same. */
export function isStillMoving(changed: ChangeMoment, now: Date): boolean {
  return now.getTime() < changed.latest.getTime() + GRANULARITY_MS;
}

function isComparable(changed: ChangeMoment, { now, clocksAgree }: VerdictContext): boolean {
  return clocksAgree && changed.earliest.getTime() <= now.getTime() + FUTURE_MS;
}

function isSinceLastRun(moment: Date | null, { lastRunAt }: VerdictContext): boolean {
  return moment !== null && (lastRunAt === null || moment.getTime() >= lastRunAt.getTime());
}

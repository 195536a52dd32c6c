import { type EndingCode, WAITING_FOR_PROVIDER } from '@mlc/core';
import { Prisma } from '../postgres/generated/client.ts';

const NOT_FOLLOWED: EndingCode = 'not-followed';
const COVERED: EndingCode = 'covered-by-another';
const NOTHING_MOVED: EndingCode = 'nothing-moved';

/** `event` waits for its provider to show what it tells of. */
const UNSEEN = `(event.state = 'parked' AND event.waiting_for = '${WAITING_FOR_PROVIDER}')`;

/** Ended before endings had codes, which included what had not been proven to mean nothing. */
const OF_OLD = `(event.state = 'skipped' AND event.ending IS NULL AND event.reason NOT LIKE 'covered by event %')`;

/**
 * Whether `event` came to nothing, as SQL: what it tells of was not seen, or its run failed for good. `moved`, also SQL: the
 * provider's list says that money moved, so that a look which saw none does not count.
 */
export function cameToNothing(moved: string): string {
  return `(${UNSEEN} OR ${OF_OLD} OR event.state = 'dead'
    OR (event.state = 'skipped' AND (event.ending = '${NOT_FOLLOWED}' OR (${moved} AND event.ending = '${NOTHING_MOVED}'))))`;
}

/**
 * Whether `event` runs again when its provider's own list names it, as SQL: what was rejected would be again with every
 * poll, and waits for a person as a dead letter.
 */
export const RUNS_AGAIN_WHEN_LISTED = Prisma.raw(`(${UNSEEN} OR ${OF_OLD}
  OR (event.state = 'dead' AND NOT EXISTS (SELECT FROM dead_letters letter WHERE letter.event_id = event.id::text
    AND letter.replayed_at IS NULL AND letter.failure_kind = 'rejected')))`);

/** Whether `event` runs again when its provider delivers it once more, as SQL: when what it came to was no effect. */
export const RUNS_AGAIN_WHEN_TOLD = `(${UNSEEN} OR event.state = 'dead'
  OR (event.state = 'skipped' AND (event.ending IS NULL OR event.ending NOT IN ('${NOT_FOLLOWED}', '${COVERED}'))))`;

/** What a run begins with, as SQL; since when its provider does not show it stays, or nobody would ever be asked. */
export const BEGINS_AGAIN = `state = 'stored', run = event.run + 1, attempts = 0, queued_at = NULL, finished_at = NULL,
  reason = NULL, ending = NULL, waiting_for = NULL, recheck_at = NULL,
  parked_since = CASE WHEN event.state = 'parked' THEN event.parked_since END`;

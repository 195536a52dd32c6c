import { isDeepStrictEqual } from 'node:util';
import { type AuditEntry, type Clock, type Policy, type ReviewKind, WAITING_FOR_LIMIT } from '@mlc/core';
import { modeEntry, releaseHeld } from './business-mode.ts';
import type { Executor } from '../postgres/database.ts';
import { sqlOn } from '../postgres/sql.ts';
import { eventStore } from '../inbox/events.ts';

/** A business's policy as it was (null: it is new) and as a file says. */
export interface PolicyChange {
  readonly before: Policy | null;
  readonly policy: Policy;
}

/** What waits for a policy runs when the policy lets it: a file may take a business live, or raise its limits. */
export async function followPolicy(
  { tx, clock, businessId }: { tx: Executor; clock: Clock; businessId: string },
  { before, policy }: PolicyChange,
): Promise<{ readonly released: number; readonly entry: AuditEntry | null }> {
  if (before !== null && !isDeepStrictEqual(before.limits, policy.limits))
    await lookAgainAtLimits(tx, clock, businessId);
  const { mode } = policy;
  const isSwitched = mode !== (before?.mode ?? 'observe');
  if (!isSwitched) return { released: 0, entry: null };
  const released = mode === 'live' ? await releaseHeld(tx, businessId) : 0;
  return { released, entry: modeEntry({ businessId, by: 'cli', mode, released }) };
}

/** What was too much, or too many for the day, may not be so any more. */
async function lookAgainAtLimits(tx: Executor, clock: Clock, businessId: string): Promise<void> {
  const where = { businessId, kind: 'limit' satisfies ReviewKind, state: 'open' };
  const asked = await tx.review.findMany({ where, select: { eventId: true } });
  const events = eventStore(sqlOn(tx), businessId, clock);
  await events.wake(WAITING_FOR_LIMIT);
  await events.rerun(asked.flatMap(({ eventId }) => eventId ?? []));
}

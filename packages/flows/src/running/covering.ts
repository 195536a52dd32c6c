import {
  type EndingCode,
  type FlowResult,
  type InboundEvent,
  type Job,
  type Repositories,
  step,
} from '@mlc/core';

/** Events that say more than "it changed": whether the object shows that (yet) is looked at for each of them. */
const CLAIMS = /\.(delete|sendByEmail)$/;

/**
 * Bursts on one object coalesce (design section 3): other events on it that wait when the look begins are covered by it.
 * They are so only once its result is recorded: a look that fails or dies leaves them to look for themselves.
 */
export async function covering(job: Job, look: () => Promise<FlowResult>): Promise<FlowResult> {
  const waiting = (await job.store.events.waitingOn(job.event)).filter(({ type }) => !CLAIMS.test(type));
  const result = await look();
  if (waiting.length === 0) return result;
  const covers = step('covers', async (tx) =>
    recordCovered(tx, job.event, await tx.events.cover(job.event, waiting)),
  );
  return { ...result, effects: [...result.effects, covers] };
}

/** One entry for all of them: their own endings are found by it. */
async function recordCovered(
  tx: Repositories,
  event: InboundEvent,
  eventIds: readonly string[],
): Promise<void> {
  if (eventIds.length === 0) return;
  const because: EndingCode = 'covered-by-another';
  await tx.audit.append({
    actor: 'system',
    action: 'event.covered',
    subject: { provider: event.provider, type: 'event', id: event.externalEventId },
    correlationId: event.correlationId,
    details: { because, coveredBy: event.id, eventIds },
  });
}

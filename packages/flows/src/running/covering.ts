import {
  type EndingCode,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  type Repositories,
  step,
} from '@mlc/core';

/** Events that say more than "it changed": whether the object shows that (yet) is looked at for each of them. */
const CLAIMS = /\.(delete|sendByEmail)$/;

/**
 * Bursts on one object coalesce (design section 3): other events on it that wait when the look begins are covered by it.
 * They are so only once its result is recorded: a look that fails or dies leaves them to look for themselves.
 */
export async function covering(
  context: FlowContext,
  inbound: InboundEvent,
  look: () => Promise<FlowResult>,
): Promise<FlowResult> {
  const waiting = (await context.store.events.waitingOn(inbound)).filter(({ type }) => !CLAIMS.test(type));
  const result = await look();
  if (waiting.length === 0) return result;
  const covers = step('covers', async (tx) =>
    recordCovered(tx, inbound, await tx.events.cover(inbound, waiting)),
  );
  return { ...result, effects: [...result.effects, covers] };
}

/** One entry for all of them: their own endings are found by it. */
async function recordCovered(
  tx: Repositories,
  inbound: InboundEvent,
  eventIds: readonly string[],
): Promise<void> {
  if (eventIds.length === 0) return;
  const because: EndingCode = 'covered-by-another';
  await tx.audit.append({
    actor: 'system',
    action: 'event.covered',
    subject: { provider: inbound.provider, type: 'event', id: inbound.externalEventId },
    correlationId: inbound.correlationId,
    details: { because, coveredBy: inbound.id, eventIds },
  });
}

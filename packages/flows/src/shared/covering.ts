import type { FlowContext, FlowResult, InboundEvent } from '@mlc/core';

/**
 * Bursts on one object coalesce (design section 3): other events on it that wait when the look begins are covered by it.
 * They are so only once its result is recorded: a look that fails or dies leaves them to look for themselves.
 */
export async function covering(
  context: FlowContext,
  inbound: InboundEvent,
  look: () => Promise<FlowResult>,
): Promise<FlowResult> {
  const waiting = await context.store.events.waitingOn(inbound);
  const result = await look();
  if (waiting.length === 0) return result;
  return {
    ...result,
    record: async (tx) => {
      await result.record?.(tx);
      await tx.events.cover(inbound, waiting);
    },
  };
}

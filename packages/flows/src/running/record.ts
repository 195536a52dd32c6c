import { applyEffects, type Effect, type FlowContext, type FlowResult } from '@mlc/core';

/** Records effects at once, in a transaction of their own: the run goes on, and what it does next counts on them. */
export async function record(
  { store }: Pick<FlowContext, 'store'>,
  effects: readonly Effect[],
): Promise<void> {
  if (effects.length > 0) await store.transaction((tx) => applyEffects(tx, effects));
}

/**
 * One of several looks of a run: its effect is recorded before the next one begins, and what it locked is let go. So a run
 * holds the locks of one at a time, however many it looks at. What comes back has nothing left to record.
 */
export function recordOne(context: FlowContext, look: () => Promise<FlowResult>): Promise<FlowResult> {
  return context.locks.letGoAfter(async () => {
    const result = await look();
    await record(context, result.effects);
    return { ...result, effects: [] };
  });
}

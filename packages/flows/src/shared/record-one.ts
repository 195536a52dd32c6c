import type { FlowContext, FlowResult } from '@mlc/core';

/**
 * One of several looks of a run: its effect is recorded before the next one begins, and what it locked is let go. So a run
 * holds the locks of one at a time, however many it looks at. What comes back has nothing left to record.
 */
export function recordOne(
  { locks, store }: FlowContext,
  look: () => Promise<FlowResult>,
): Promise<FlowResult> {
  return locks.letGoAfter(async () => {
    const { record, ...result } = await look();
    await store.transaction(async (tx) => record?.(tx));
    return result;
  });
}

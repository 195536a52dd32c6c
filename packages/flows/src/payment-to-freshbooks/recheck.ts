import type { FlowContext } from '@mlc/core';

/** Stand-in until the flow is written. */
export function recheck(_context: FlowContext, _postingKey: string): Promise<void> {
  return Promise.resolve();
}

import {
  type Capture,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  WriteHeldError,
} from '@mlc/core';
import { recordCapture } from './capture-ledger.ts';

/** The run ended without the money on an invoice: the ledger keeps it as unallocated. */
export function aside(
  context: FlowContext,
  inbound: InboundEvent,
  capture: Capture,
  result: FlowResult,
): FlowResult {
  const recorded = recordCapture(context, inbound, capture);
  return {
    ...result,
    record: async (tx) => {
      await recorded(tx, { kind: 'aside' });
      await result.record?.(tx);
    },
  };
}

/** While the business observes, money that waits to be booked is there all the same: the ledger says so at once. */
export async function asideWhileHeld(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, work }: { capture: Capture; work: () => Promise<FlowResult> },
): Promise<FlowResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WriteHeldError) {
      const recorded = recordCapture(context, inbound, capture);
      await context.store.transaction((tx) => recorded(tx, { kind: 'aside' }));
    }
    throw error;
  }
}

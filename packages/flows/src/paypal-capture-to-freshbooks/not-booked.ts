import type { Capture, FlowContext, FlowResult, InboundEvent } from '@mlc/core';
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

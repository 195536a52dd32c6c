import type { DomainEvent, FlowContext, FlowResult, InboundEvent } from '@mlc/core';
import { refundChanged } from './refunds.ts';

/** One inbound event of this flow: the payout, or the refund, is fetched and moved to what it is now. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'debit-refund-changed') return refundChanged(context, inbound, event.refundId);
  return { state: 'skipped', reason: `${event.kind} is not for this flow` };
}

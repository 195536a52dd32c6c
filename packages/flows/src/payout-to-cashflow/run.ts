import type { DomainEvent, FlowContext, FlowResult, InboundEvent } from '@mlc/core';
import { notForFlow } from '../running/not-for-flow.ts';
import { payoutChanged } from './payout-changed.ts';
import { refundChanged } from './refunds.ts';
import { someBounced } from './unnamed-bounce.ts';

/** One inbound event of this flow: the payout, or the refund, is fetched and moved to what it is now. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'debit-refund-changed') return refundChanged(context, inbound, event);
  if (event.kind !== 'payout-changed') throw notForFlow(inbound, event);
  const { payoutId } = event;
  if (payoutId === null) return someBounced(context, inbound, event);
  return payoutChanged(context, inbound, { ...event, payoutId });
}

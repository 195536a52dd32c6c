import { type DomainEvent, type FlowContext, type FlowResult, type InboundEvent, skipped } from '@mlc/core';
import { payoutChanged } from './payout-changed.ts';
import { refundChanged } from './refunds.ts';
import { someBounced } from './unnamed-bounce.ts';

/** One inbound event of this flow: the payout, or the refund, is fetched and moved to what it is now. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'debit-refund-changed') return refundChanged(context, inbound, event.refundId);
  if (event.kind !== 'payout-changed')
    return skipped('nothing-to-show', `${event.kind} is not for this flow`);
  const { payoutId } = event;
  if (payoutId === null) return someBounced(context, inbound, event);
  return payoutChanged(context, inbound, { ...event, payoutId });
}

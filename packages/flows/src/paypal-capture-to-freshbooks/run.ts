import { type DomainEvent, type FlowContext, type FlowResult, type InboundEvent, skipped } from '@mlc/core';
import { balanceMoved } from './balance-moved.ts';
import { bookCapture } from './book-capture.ts';
import { disputeChanged, refundChanged } from './complaints.ts';

/** One inbound event of this flow: every kind leads to transaction ids, and those are what is booked. */
export function run(context: FlowContext, inbound: InboundEvent, event: DomainEvent): Promise<FlowResult> {
  if (event.kind === 'balance-moved') return balanceMoved(context, inbound, event.transaction);
  if (event.kind === 'refund-changed') return refundChanged(context, inbound, event);
  if (event.kind === 'dispute-changed') return disputeChanged(context, inbound, event.disputeId);
  return bookPayments(context, inbound, event);
}

async function bookPayments(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'capture-changed') return bookCapture(context, inbound, event.captureId);
  if (event.kind === 'order-completed')
    return bookAll(context, inbound, await context.captures.captureIdsOfOrder(event.orderId));
  if (event.kind === 'paypal-invoice-paid')
    return bookAll(context, inbound, await context.captures.transactionIdsOfInvoice(event.paypalInvoiceId));
  return skipped('nothing-to-show', `${event.kind} is not for this flow`);
}

/** Each transaction's effect is recorded before the next one is looked at. */
async function bookAll(
  context: FlowContext,
  inbound: InboundEvent,
  captureIds: readonly string[],
): Promise<FlowResult> {
  const [only, ...others] = captureIds;
  if (only === undefined) return skipped('nothing-to-show', 'no money moved yet');
  if (others.length === 0) return bookCapture(context, inbound, only);
  const reasons: string[] = [];
  for (const captureId of captureIds) {
    const result = await bookCapture(context, inbound, captureId);
    await context.store.transaction(async (tx) => result.record?.(tx));
    reasons.push(`${captureId}: ${result.reason}`);
  }
  return { state: 'done', reason: `${captureIds.length} transactions looked at`, details: { reasons } };
}

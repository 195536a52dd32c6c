import type { DomainEvent, FlowContext, FlowResult, InboundEvent } from '@mlc/core';
import { bookCapture } from './book-capture.ts';
import { disputeChanged, refundChanged } from './complaints.ts';

/** One inbound event of this flow: every kind leads to transaction ids, and those are what is booked. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  switch (event.kind) {
    case 'capture-changed':
      return bookCapture(context, inbound, event.captureId);
    case 'order-completed':
      return bookAll(context, inbound, await context.captures.captureIdsOfOrder(event.orderId));
    case 'paypal-invoice-paid':
      return bookAll(context, inbound, await context.captures.transactionIdsOfInvoice(event.paypalInvoiceId));
    case 'refund-changed':
      return refundChanged(context, inbound, event);
    case 'dispute-changed':
      return disputeChanged(context, inbound, event.disputeId);
    case 'invoice-changed':
    case 'client-changed':
    case 'book-payment-changed':
    case 'debit-changed':
    case 'mandate-changed':
    case 'customer-changed':
    case 'billing-request-fulfilled':
    case 'payout-changed':
    case 'debit-refund-changed':
    case 'balance-moved':
    case 'irrelevant':
    case 'unreadable':
      return { state: 'skipped', reason: `${event.kind} is not for this flow` };
  }
}

/** Each transaction's effect is recorded before the next one is looked at. */
async function bookAll(
  context: FlowContext,
  inbound: InboundEvent,
  captureIds: readonly string[],
): Promise<FlowResult> {
  const [only, ...others] = captureIds;
  if (only === undefined) return { state: 'skipped', reason: 'no money moved yet' };
  if (others.length === 0) return bookCapture(context, inbound, only);
  const reasons: string[] = [];
  for (const captureId of captureIds) {
    const result = await bookCapture(context, inbound, captureId);
    await context.store.transaction(async (tx) => result.record?.(tx));
    reasons.push(`${captureId}: ${result.reason}`);
  }
  return { state: 'done', reason: `${captureIds.length} transactions looked at`, details: { reasons } };
}

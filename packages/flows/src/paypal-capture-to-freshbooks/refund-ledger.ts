import {
  dateIn,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  ownRefundEntries,
  type PaymentFact,
  type PaypalRefund,
} from '@mlc/core';
import { isInOpening } from '../shared/ledger.ts';
import { captureSubject } from '../shared/review.ts';
import { decideCapture } from './decide.ts';

/**
 * The run's result with the refund in the own ledger once it is completed: a transaction of its own at PayPal, with the
 * part of the fee that came back. What was paid to another merchant, or given back before go-live, is none of ours.
 */
export async function withRefund(
  context: FlowContext,
  inbound: InboundEvent,
  refund: PaypalRefund,
  result: FlowResult,
): Promise<FlowResult> {
  const factDate = dateIn(context.business.timezone, new Date(refund.createdAt));
  const isBefore = isInOpening(context, { provider: 'paypal', date: factDate });
  if (refund.status !== 'completed' || isBefore || !(await isOurs(context, refund))) return result;
  const source = { provider: 'paypal', type: 'refund', id: refund.id };
  const fact: PaymentFact = { source, amount: refund.amount, factDate, eventId: inbound.id };
  const payment = refund.captureId === null ? null : captureSubject(refund.captureId);
  return {
    ...result,
    record: async (tx) => {
      const earlier = payment === null ? [] : await tx.ledger.ofSource(payment);
      await tx.ledger.record(ownRefundEntries(fact, { fee: refund.fee, payment }, earlier));
      await result.record?.(tx);
    },
  };
}

async function isOurs(context: FlowContext, { captureId }: PaypalRefund): Promise<boolean> {
  const capture = captureId === null ? null : await context.captures.getCapture(captureId);
  return capture === null || decideCapture(capture, context.captures.merchantId).kind === 'book';
}

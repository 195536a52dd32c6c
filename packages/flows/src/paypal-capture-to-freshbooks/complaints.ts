import {
  type Capture,
  type Dispute,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  skipped,
  type Subject,
} from '@mlc/core';
import { refundUndone } from '../shared/refund-undone.ts';
import { ask } from '../shared/review.ts';
import { bookCapture } from './book-capture.ts';
import { withRefund } from './refund-ledger.ts';

/** Money was given back: shown and asked about, never turned into a credit by itself (design section 7). */
export async function refundChanged(
  context: FlowContext,
  inbound: InboundEvent,
  { refundId, captureId }: { refundId: string; captureId: string | null },
): Promise<FlowResult> {
  const refund = await context.captures.getRefund(refundId);
  const named = refund?.captureId ?? captureId;
  // A reversed sale is told without its id (paypal.md 2.8); what the event is about may be the sale itself.
  const sale = named === null ? await context.captures.getCapture(refundId) : null;
  const of = named ?? sale?.id ?? null;
  // The capture itself may never have been told of: its money is booked first.
  if (of !== null) await recordFirst(context, inbound, of);
  if (refund === null) return sale === null ? noSuchRefund(refundId) : askAboutSale(context, inbound, sale);
  if (refund.status === 'cancelled' || refund.status === 'failed') {
    const subject = { provider: 'paypal', type: 'refund', id: refundId };
    const { amount, status } = refund;
    return refundUndone(context, inbound, { subject, title: `PayPal refund ${refundId}`, amount, status });
  }
  const result = await ask(context, inbound, {
    kind: 'refund',
    subject: { provider: 'paypal', type: 'refund', id: refundId },
    amount: refund.amount,
    reasons: [
      `PayPal gave back ${formatMoney(refund.amount)} of payment ${of ?? 'unknown'} (refund ${refundId}, ${refund.status}).`,
      HOW_TO_SHOW,
    ],
    covers: refund.status,
  });
  return withRefund(context, inbound, { ...refund, captureId: of }, result);
}

const HOW_TO_SHOW =
  'Decide how the invoice is to show it: a smaller payment, a deleted one, or a credit note.';

function noSuchRefund(refundId: string): FlowResult {
  return skipped('nothing-to-show', `PayPal has no refund ${refundId} (a test event?)`);
}

/** The refund itself is told by Transaction Search, under an id of its own. */
function askAboutSale(context: FlowContext, inbound: InboundEvent, sale: Capture): Promise<FlowResult> {
  const reasons = [`PayPal took back payment ${sale.id} of ${formatMoney(sale.amount)} (${sale.status}).`];
  return ask(context, inbound, {
    kind: 'refund',
    subject: { provider: 'paypal', type: 'refund', id: sale.id },
    amount: sale.amount,
    reasons: [...reasons, HOW_TO_SHOW],
    covers: sale.status,
  });
}

/** A payment somebody tells of something else about: its own money is brought up to date, and recorded, first. */
export async function recordFirst(
  context: FlowContext,
  inbound: InboundEvent,
  captureId: string,
): Promise<void> {
  const result = await bookCapture(context, inbound, captureId);
  await context.store.transaction(async (tx) => result.record?.(tx));
}

/** Outcomes in which the money stays with the merchant (paypal.md 2.10; the list is open). */
const KEPT = new Set(['RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER', 'CANCELLED_BY_BUYER', 'DENIED']);

/** A buyer complained: shown until PayPal or the buyer gives it up, or a person closes it. */
export async function disputeChanged(
  context: FlowContext,
  inbound: InboundEvent,
  disputeId: string,
): Promise<FlowResult> {
  const dispute = await context.captures.getDispute(disputeId);
  if (dispute === null)
    return skipped('nothing-to-show', `PayPal has no dispute ${disputeId} (a test event?)`);
  const subject: Subject = { provider: 'paypal', type: 'dispute', id: disputeId };
  if (dispute.outcome !== null && KEPT.has(dispute.outcome))
    return settled(subject, `resolved: ${dispute.outcome}`);
  return ask(context, inbound, {
    kind: 'dispute',
    subject,
    amount: dispute.amount,
    reasons: [describe(dispute)],
    covers: [dispute.stage, dispute.outcome].filter((word) => word !== null && word !== 'NONE').join(' '),
  });
}

function describe(dispute: Dispute): string {
  const payments = dispute.captureIds.join(', ');
  const outcome = dispute.outcome === null ? '' : `, outcome ${dispute.outcome}`;
  const stage = dispute.stage === null ? '' : `, stage ${dispute.stage}`;
  return `Dispute ${dispute.id} about PayPal payment ${payments}: ${dispute.reason}, ${dispute.status}${stage}${outcome}.`;
}

function settled(subject: Subject, why: string): FlowResult {
  return {
    state: 'done',
    reason: why,
    record: (tx) => tx.reviews.settle(['dispute'], subject, why),
  };
}

import {
  type Capture,
  ConnectorError,
  type Dispute,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type PaypalRefund,
  type Subject,
} from '@mlc/core';
import { refundUndone } from '../shared/refund-undone.ts';
import { lookOrWait, notShown } from '../shared/not-shown.ts';
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
  const waitFor = of === null ? null : await recordFirst(context, inbound, of);
  if (refund === null) {
    if (sale !== null) return askAboutSale(context, inbound, sale);
    throw notShown({ provider: 'PayPal', operation: 'getRefund', says: `has no refund ${refundId}` });
  }
  const result = await askAboutRefund(context, inbound, { refund, of });
  if (waitFor === null) return withRefund(context, inbound, { ...refund, captureId: of }, result);
  // A person is asked meanwhile; the ledger takes the money in before it gives it back.
  await context.store.transaction(async (tx) => result.record?.(tx));
  throw waitFor;
}

async function askAboutRefund(
  context: FlowContext,
  inbound: InboundEvent,
  { refund: { id, amount, status }, of }: { refund: PaypalRefund; of: string | null },
): Promise<FlowResult> {
  const subject: Subject = { provider: 'paypal', type: 'refund', id };
  if (status === 'cancelled' || status === 'failed')
    return refundUndone(context, inbound, { subject, title: `PayPal refund ${id}`, amount, status });
  return ask(context, inbound, {
    kind: 'refund',
    subject,
    amount,
    reasons: [
      `PayPal gave back ${formatMoney(amount)} of payment ${of ?? 'unknown'} (refund ${id}, ${status}).`,
      HOW_TO_SHOW,
    ],
    covers: status,
  });
}

const HOW_TO_SHOW =
  'Decide how the invoice is to show it: a smaller payment, a deleted one, or a credit note.';

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

/**
 * A payment somebody tells of something else about: its own money, which must have come, is brought up to date and
 * recorded first. Returns what that waits for when PayPal does not show it (yet).
 */
export async function recordFirst(
  context: FlowContext,
  inbound: InboundEvent,
  captureId: string,
): Promise<ConnectorError | null> {
  const news = { captureId, told: 'completed' } as const;
  const result = await lookOrWait(() => bookCapture(context, inbound, news));
  if (result instanceof ConnectorError) return result;
  await context.store.transaction(async (tx) => result.record?.(tx));
  return null;
}

/** Outcomes in which the money stays with the merchant (paypal.md 2.10; the list is open). */
const KEPT = new Set(['RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER', 'CANCELLED_BY_BUYER', 'DENIED']);

/** A buyer complained: shown until PayPal or the buyer gives it up, or a person closes it. */
export async function disputeChanged(
  context: FlowContext,
  inbound: InboundEvent,
  { disputeId, isResolved = false }: { disputeId: string; isResolved?: boolean },
): Promise<FlowResult> {
  const dispute = await context.captures.getDispute(disputeId);
  const of = { provider: 'PayPal', operation: 'getDispute' } as const;
  if (dispute === null) throw notShown({ ...of, says: `has no dispute ${disputeId}` });
  if (isResolved && dispute.status !== 'RESOLVED' && dispute.outcome === null)
    throw notShown({ ...of, says: `shows dispute ${disputeId} as ${dispute.status}, and told of its end` });
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

import { type Dispute, type FlowResult, type Job, settles, type Subject } from '@mlc/core';
import { notShown } from '../running/not-shown.ts';
import { ask } from '../asking/review.ts';

/** Outcomes in which the money stays with the merchant (paypal.md 2.10; the list is open). */
const KEPT = new Set(['RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER', 'CANCELLED_BY_BUYER', 'DENIED']);

/** A buyer complained: shown until PayPal or the buyer gives it up, or a person closes it. */
export async function disputeChanged(
  job: Job,
  { disputeId, isResolved = false }: { disputeId: string; isResolved?: boolean },
): Promise<FlowResult> {
  const dispute = await job.captures.getDispute(disputeId);
  const of = { provider: 'PayPal', operation: 'getDispute' } as const;
  if (dispute === null) throw notShown({ ...of, says: `has no dispute ${disputeId}` });
  if (isResolved && dispute.status !== 'RESOLVED' && dispute.outcome === null)
    throw notShown({ ...of, says: `shows dispute ${disputeId} as ${dispute.status}, and told of its end` });
  const subject: Subject = { provider: 'paypal', type: 'dispute', id: disputeId };
  if (dispute.outcome !== null && KEPT.has(dispute.outcome))
    return over(subject, `resolved: ${dispute.outcome}`);
  return ask(job, {
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

function over(subject: Subject, why: string): FlowResult {
  return { state: 'done', reason: why, effects: [settles(['dispute'], subject, why)] };
}

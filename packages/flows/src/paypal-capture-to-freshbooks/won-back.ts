import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  type PaypalTransaction,
  type Review,
  settles,
  WriteHeldError,
} from '@mlc/core';
import { record } from '../running/record.ts';
import { ask } from '../asking/review.ts';
import { chargebackSubject, leftOfChargebacks } from './ask-about-loss.ts';
import { refundOf } from './find-refund.ts';
import { recordFirst } from './record-first.ts';
import { withRefund } from './refund-ledger.ts';

/**
 * A chargeback was won, cancelled or reimbursed: the money is back, and no event tells (paypal.md 7.8). An open question about
 * the chargeback is over; a person who dealt with it already is told.
 */
export async function wonBack(job: Job, row: PaypalTransaction): Promise<FlowResult> {
  const { referenceId } = row;
  const waitFor = referenceId === null ? null : await recordFirst(job, { captureId: referenceId, row });
  const asked = await afterChargeback(job, row);
  const refund = await refundOf(job, row);
  const result = await withRefund(job, { refund, row, result: asked });
  if (!(waitFor instanceof WriteHeldError)) return result;
  await record(job, result.effects);
  throw waitFor;
}

async function afterChargeback(
  job: Job,
  { id, referenceId, eventCode, amount }: PaypalTransaction,
): Promise<FlowResult> {
  const subject = chargebackSubject(referenceId, id);
  const came = `PayPal gave back ${formatMoney(amount)} of payment ${referenceId ?? 'unknown'} (transaction ${id}, ${eventCode})`;
  const open = (await job.store.reviews.openOn(subject)).find(
    ({ kind, covers }) => kind === 'chargeback' && covers?.startsWith(CAME_BACK) !== true,
  );
  if (open !== undefined) {
    const isWhole = await isAllBackWith(job, { id, referenceId, amount }, open);
    return {
      state: 'done',
      reason: came,
      effects: isWhole ? [settles(['chargeback'], subject, came)] : [],
    };
  }
  const answer = await job.store.reviews.lastAnswer('chargeback', subject);
  if (answer === null || answer.covers?.startsWith(CAME_BACK) === true)
    return { state: 'done', reason: came, effects: [] };
  return ask(job, {
    kind: 'chargeback',
    subject,
    amount,
    reasons: [
      `${came} after the chargeback was dealt with: the money came back.`,
      'Undo what was done for it on the invoice (the credit note, the smaller or deleted payment), then resolve this with done.',
    ],
    covers: `${CAME_BACK}${id}`,
  });
}

/** Whether nothing that a chargeback took of the payment is still gone with this row. */
async function isAllBackWith(
  context: FlowContext,
  { id, referenceId, amount }: Pick<PaypalTransaction, 'id' | 'referenceId' | 'amount'>,
  open: Review,
): Promise<boolean> {
  if (referenceId === null) return false;
  const gone = { ...amount, minor: -amount.minor };
  const left = await leftOfChargebacks(context, { id, captureId: referenceId, amount: gone });
  // Recorded before the ledger told chargebacks from refunds: the question is all that is known of it.
  return left === gone.minor ? (open.amount?.minor ?? 0n) <= amount.minor : left <= 0n;
}

const CAME_BACK = 'came back: ';

import {
  chargedBackMinor,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  type Money,
  type PaypalRefund,
  type PaypalTransaction,
  type ReviewKind,
  type Subject,
  treatmentOf,
} from '@mlc/core';
import { refundUndone } from '../asking/refund-undone.ts';
import { type Question } from '../asking/review.ts';
import { captureSubject, invoiceName } from '../running/subjects.ts';
import { askWithFee } from './fee-given-back.ts';

/** What a person is told to do about money that is gone. */
export const HOW_TO_SHOW =
  'Decide how the invoice is to show it: a smaller payment, a deleted one, or a credit note.';

/** Money that left, and the row of PayPal's list that told of it, if one did. */
interface Loss {
  readonly refund: PaypalRefund;
  readonly row: PaypalTransaction | undefined;
}

/** The refund (or reversal) a question is about. */
export function refundSubject(refundId: string): Subject {
  return { provider: 'paypal', type: 'refund', id: refundId };
}

/** What a chargeback is asked about: the payment it took back, as for a debit; the transaction when it names none. */
export function chargebackSubject(captureId: string | null, transactionId: string): Subject {
  return captureId === null
    ? { provider: 'paypal', type: 'transaction', id: transactionId }
    : captureSubject(captureId);
}

/**
 * Asks how the invoice is to show it. PayPal can tell of the same money as a refund and as a chargeback: it is asked about
 * once, as what it was told first.
 */
export async function askAboutLoss(job: Job, loss: Loss): Promise<FlowResult> {
  const { id, amount, status } = loss.refund;
  if (status === 'cancelled' || status === 'failed') {
    const undone = { subject: refundSubject(id), title: `PayPal refund ${id}`, amount, status };
    return refundUndone(job, undone);
  }
  const asChargeback = await isChargeback(job, loss);
  if (asChargeback && (await isAllBack(job, loss.refund)))
    return {
      state: 'done',
      reason: `PayPal took back ${formatMoney(amount)} for a chargeback and gave it back since (transaction ${id})`,
      effects: [],
    };
  const question = asChargeback ? await chargebackOf(job, loss) : refundQuestion(loss.refund);
  return askWithFee(job, { refund: loss.refund, question });
}

async function isChargeback(context: FlowContext, { refund, row }: Loss): Promise<boolean> {
  const { id, captureId } = refund;
  if (row === undefined || treatmentOf(row) !== 'charged-back')
    return wasAsked(context, { kind: 'chargeback', subject: chargebackSubject(captureId, id), covers: id });
  return !(await wasAsked(context, { kind: 'refund', subject: refundSubject(id) }));
}

/** The money can be told to be back before it is told to be gone: PayPal's list promises no order. */
async function isAllBack(context: FlowContext, { id, captureId, amount }: PaypalRefund): Promise<boolean> {
  return captureId !== null && (await leftOfChargebacks(context, { id, captureId, amount })) <= 0n;
}

/** What chargebacks took of a payment and did not give back, this one included (negative: it gave back); in minor units. */
export async function leftOfChargebacks(
  { store }: FlowContext,
  { id, captureId, amount }: { readonly id: string; readonly captureId: string; readonly amount: Money },
): Promise<bigint> {
  const refunds = await store.ledger.ofRefundsOf(captureSubject(captureId));
  const others = refunds.filter(({ source }) => source.id !== id);
  return chargedBackMinor(others, amount.currency) + amount.minor;
}

/** Open, or answered by a person. */
async function wasAsked(
  { store: { reviews } }: FlowContext,
  { kind, subject, covers }: { kind: ReviewKind; subject: Subject; covers?: string },
): Promise<boolean> {
  const open = (await reviews.openOn(subject)).filter((review) => review.kind === kind);
  if (open.some((review) => covers === undefined || review.covers === covers)) return true;
  return (await reviews.lastAnswer(kind, subject, covers)) !== null;
}

function refundQuestion({ id, captureId, amount, status }: PaypalRefund): Question {
  return {
    kind: 'refund',
    subject: refundSubject(id),
    amount,
    reasons: [
      `PayPal gave back ${formatMoney(amount)} of payment ${captureId ?? 'unknown'} (refund ${id}, ${status}).`,
      HOW_TO_SHOW,
    ],
    covers: status,
  };
}

async function chargebackOf(context: FlowContext, { refund, row }: Loss): Promise<Question> {
  const { id, captureId, amount, status } = refund;
  const where = captureId === null ? '' : await invoiceOf(context, captureId);
  return {
    kind: 'chargeback',
    subject: chargebackSubject(captureId, id),
    amount,
    reasons: [
      `PayPal took back ${formatMoney(amount)} of payment ${captureId ?? 'unknown'}${where} for a chargeback ` +
        `(transaction ${id}, ${row?.eventCode ?? status}).`,
      `Contest it in PayPal if it is not justified. ${HOW_TO_SHOW}`,
    ],
    covers: id,
  };
}

async function invoiceOf({ store }: FlowContext, captureId: string): Promise<string> {
  const postings = await store.postings.ofSource('paypal', captureId);
  const booked = postings.findLast(({ kind, state }) => kind === 'payment' && state === 'posted');
  return booked === undefined ? '' : `, which is booked on invoice ${invoiceName(booked)},`;
}

import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  type Money,
  type PaypalRefund,
  type PaypalTransaction,
  type Posting,
} from '@mlc/core';
import { postingOf } from '../booking/posting-keys.ts';
import { ask, isAnswered, type Question } from '../asking/review.ts';

/** Rows that give a fee back without the payment (T1108 reversal, T1109 refund of a fee). */
const FEE_CODES = new Set(['T1108', 'T1109']);

/** A part of a fee that came back. */
interface FeeBack {
  /** PayPal's id of what brought it. */
  readonly transactionId: string;
  /** The payment it was charged for; null when PayPal does not say. */
  readonly captureId: string | null;
  /** Positive. */
  readonly amount: Money;
}

/** True for a row that gives back a fee by itself, where the policy made an expense of it. */
export function isFeeGivenBack(context: FlowContext, { eventCode, amount }: PaypalTransaction): boolean {
  return FEE_CODES.has(eventCode) && amount.minor > 0n && booksFees(context);
}

/** Asks that the expense be lowered: nothing else tells of such a row. */
export async function askAboutFee(
  job: Job,
  { id, referenceId, amount }: PaypalTransaction,
): Promise<FlowResult> {
  const back = { transactionId: id, captureId: await paymentNamed(job, referenceId), amount };
  return ask(job, feeQuestion(back, await sentenceOn(job, back)));
}

/**
 * Asks about money that left. Where a part of a fee came back with it that is a FreshBooks expense by policy, the same question
 * says that the expense is too high; one that was answered without that is followed by a question about the fee alone.
 */
export async function askWithFee(
  job: Job,
  { refund, question }: { readonly refund: PaypalRefund; readonly question: Question },
): Promise<FlowResult> {
  const back = feeBackOf(job, refund);
  if (back === null) return ask(job, question);
  const sentence = await sentenceOn(job, back);
  if (!(await isAnswered(job, question)))
    return ask(job, { ...question, reasons: [...question.reasons, sentence] });
  return (await wasSaid(job, question, back)) ? ask(job, question) : ask(job, feeQuestion(back, sentence));
}

function feeBackOf(context: FlowContext, { id, captureId, fee, status }: PaypalRefund): FeeBack | null {
  if (fee === null || fee.minor <= 0n || status !== 'completed' || !booksFees(context)) return null;
  return { transactionId: id, captureId, amount: fee };
}

function booksFees({ business }: FlowContext): boolean {
  return business.policy.paypalFees === 'expense';
}

/** A fee may name the refund it came back with. */
async function paymentNamed(context: FlowContext, referenceId: string | null): Promise<string | null> {
  if (referenceId === null || (await expenseOf(context, referenceId)) !== null) return referenceId;
  return (await context.captures.getRefund(referenceId))?.captureId ?? referenceId;
}

async function wasSaid(
  { store }: FlowContext,
  { kind, subject, covers = null }: Question,
  back: FeeBack,
): Promise<boolean> {
  const answered = await store.reviews.lastAnswer(kind, subject, covers);
  return answered?.reasons.some((reason) => reason.startsWith(beginning(back))) === true;
}

function feeQuestion({ transactionId, amount }: FeeBack, sentence: string): Question {
  return {
    kind: 'refund',
    subject: { provider: 'paypal', type: 'transaction', id: transactionId },
    amount,
    reasons: [sentence],
    covers: 'fee given back',
  };
}

/** The same whatever became of the expense meanwhile. */
function beginning({ amount, captureId, transactionId }: FeeBack): string {
  const of = `PayPal gave back ${formatMoney(amount)} of `;
  return captureId === null
    ? `${of}a fee (transaction ${transactionId})`
    : `${of}its fee for payment ${captureId}`;
}

async function sentenceOn(context: FlowContext, back: FeeBack): Promise<string> {
  const begun = beginning(back);
  const byHowMuch = `lower it by ${formatMoney(back.amount)}`;
  if (back.captureId === null)
    return `${begun} and does not say of which payment: the FreshBooks expense of that fee is too high by that much; ${byHowMuch}.`;
  const expense = await expenseOf(context, back.captureId);
  if (expense === null)
    return `${begun}. No FreshBooks expense of that fee was booked so far; once one stands, ${byHowMuch}.`;
  const { externalId, amount, date } = expense;
  return (
    `${begun}: the FreshBooks expense ${externalId ?? ''} of ${formatMoney(amount)} (${date}) is too high by that much; ` +
    `${leftOf(amount, back.amount) ?? byHowMuch}.`
  );
}

/** What is to become of the expense; null when the two cannot be set off. */
function leftOf(booked: Money, back: Money): string | null {
  if (booked.currency !== back.currency || booked.minor < back.minor) return null;
  if (booked.minor === back.minor) return 'delete it';
  const left = formatMoney({ ...booked, minor: booked.minor - back.minor });
  return `lower it to ${left}, less what came back of this fee before`;
}

/** The expense of a payment's fee that stands; null when there is none. */
async function expenseOf(context: FlowContext, captureId: string): Promise<Posting | null> {
  const posting = await postingOf(context, 'fee', { provider: 'paypal', id: captureId });
  return posting?.state === 'posted' ? posting : null;
}

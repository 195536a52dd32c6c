import {
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  isByHand,
  type Job,
  leftLossEntries,
  type Posting,
  type Review,
  type ReviewKind,
  settles,
  skipped,
} from '@mlc/core';
import { enter, type InBooks } from '../booking/enter.ts';
import type { BookedEntry } from '../booking/entry.ts';
import { takeBackEntry, type ToTakeBack } from '../booking/take-back.ts';
import { inLedger, paymentFact } from '../ledger/in-ledger.ts';
import { newPostingKey, reversalOf } from '../booking/posting-keys.ts';
import { ask } from '../asking/review.ts';
import { debitSubject, invoiceName, invoiceSubject } from '../running/subjects.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { lossesOf, lostOn } from './lost-on.ts';
import type { ReversalCause } from './decide.ts';

/** A booked payment whose money is gone. */
export interface ToReverse {
  readonly debit: Debit;
  readonly posting: Posting;
  readonly because: ReversalCause;
}

/** Row "failed / charged back / cancelled after a posting": by policy take the payment back, or ask. */
export async function reversePayment(job: Job, toReverse: ToReverse): Promise<FlowResult> {
  if (job.business.policy.onLateFailure === 'review') {
    const answer = await answerOf(job, toReverse);
    if (answer?.resolution?.action !== 'retry') return askFirst(job, { toReverse, answer });
  }
  const lostDate = await lostOn(job, toReverse.debit);
  const entered = await enter(job, takeBackEntry(job, await reversalTo(job, toReverse, lostDate)), null);
  if (entered.kind === 'locked') return askToOpen(job, toReverse);
  return takenBack(job, toReverse, { ...entered, lostDate });
}

/** One that was begun is gone on with under its key. */
async function reversalTo(
  job: Job,
  { debit, posting, because }: ToReverse,
  lostDate: string,
): Promise<ToTakeBack> {
  const { source, cycle } = posting;
  const begun = await reversalOf(job, posting, (reversal) => !isByHand(reversal));
  const key = begun?.key ?? newPostingKey(job, { kind: 'reversal', source, cycle });
  const about = { key, reverses: posting.key, paymentId: debit.id, because, bookedOn: posting.date };
  return {
    posting,
    key,
    date: lostDate,
    title: `GoCardless ${debit.id} ${because}`,
    intended: (date) => ({
      action: 'reversal.intended',
      subject: invoiceSubject(posting.invoiceId ?? ''),
      details: { ...about, date },
    }),
  };
}

function takenBack(
  job: Job,
  { debit, posting, because }: ToReverse,
  { key, date, row, lostDate }: Pick<InBooks<BookedEntry>, 'key' | 'date' | 'row'> & { lostDate: string },
): FlowResult {
  return {
    state: 'done',
    reason: `payment ${posting.externalId ?? ''} taken back: ${because}`,
    details: { key, reverses: posting.key, because, date },
    effects: [
      row,
      inLedger({ ...paymentFact(job, debitMoney(debit)), lostOn: lostDate }),
      settles(['overpayment', 'period_locked'], debitSubject(debit.id), 'the payment was taken back'),
    ],
  };
}

async function askToOpen(job: Job, { debit, posting }: ToReverse): Promise<FlowResult> {
  return ask(job, {
    kind: 'period_locked',
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} is ${debit.status}, but FreshBooks payment ` +
        `${posting.externalId ?? ''} on invoice ${invoiceName(posting)} is dated ${posting.date}, and that month is closed in FreshBooks.`,
      'Open the month in FreshBooks and resolve this with retry, or mend the invoice by hand and resolve it with done.',
    ],
    covers: `taking back ${posting.key}`,
  });
}

/** The question a cause raises under `onLateFailure: review`. */
function reviewKindOf(because: ReversalCause): ReviewKind {
  return because === 'chargeback' ? 'chargeback' : 'late_failure';
}

/** What an answer covers: money that came back and is lost again is another loss, booked anew or not. */
async function lossOf(context: FlowContext, { debit, posting }: ToReverse): Promise<string> {
  return `booking ${posting.cycle}, loss ${await lossesOf(context, debit)}`;
}

/** A person's answer to this very reversal; one given before the payment was booked (again) does not count. */
async function answerOf(context: FlowContext, toReverse: ToReverse): Promise<Review | null> {
  const { debit, posting, because } = toReverse;
  const { reviews } = context.store;
  const kind = reviewKindOf(because);
  const given = await reviews.lastAnswer(kind, debitSubject(debit.id), await lossOf(context, toReverse));
  if (given !== null) return given;
  // One from before answers said what they cover.
  const answer = await reviews.lastAnswer(kind, debitSubject(debit.id), null);
  const bookedAt = posting.calledAt;
  return answer !== null && (bookedAt === null || answer.openedAt >= bookedAt) ? answer : null;
}

async function askFirst(
  job: Job,
  { toReverse, answer }: { toReverse: ToReverse; answer: Review | null },
): Promise<FlowResult> {
  const { debit, posting, because } = toReverse;
  if (answer !== null) {
    const fact = paymentFact(job, debitMoney(debit));
    // The invoice stays paid, but GoCardless holds the money no longer.
    const gone = { ...fact, factDate: await lostOn(job, debit) };
    return {
      ...skipped('left-by-person', `a person decided to leave the payment (${answer.id})`),
      effects: [inLedger(fact, (entries) => leftLossEntries(gone, posting, entries))],
    };
  }
  const covers = await lossOf(job, toReverse);
  return ask(job, {
    kind: reviewKindOf(because),
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} is ${debit.status} after it was booked as FreshBooks ` +
        `payment ${posting.externalId ?? ''} on invoice ${invoiceName(posting)}.`,
      'Retry takes that payment back and reopens the invoice; done or ignore leaves it.',
    ],
    covers,
  });
}

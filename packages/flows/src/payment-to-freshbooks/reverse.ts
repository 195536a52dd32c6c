import {
  ConnectorError,
  type Debit,
  type Effect,
  type FlowContext,
  type FlowResult,
  formatMoney,
  isByHand,
  type Job,
  leftLossEntries,
  PERIOD_LOCKED,
  type Posting,
  type Review,
  type ReviewKind,
  settles,
  skipped,
  step,
} from '@mlc/core';
import { paymentWrite, requireLive } from '../running/go-live.ts';
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
  requireLive(job, paymentWrite('reversal', toReverse.posting));
  const lostDate = await lostOn(job, toReverse.debit);
  const reversal = await recordIntent(job, { ...toReverse, lostDate });
  const isTaken = await removePayment(job, toReverse.posting, reversal);
  if (!isTaken) return askToOpen(job, toReverse);
  return {
    state: 'done',
    reason: `payment ${toReverse.posting.externalId ?? ''} taken back: ${toReverse.because}`,
    details: {
      key: reversal.key,
      reverses: toReverse.posting.key,
      because: toReverse.because,
      date: reversal.date,
    },
    effects: [
      takenBack(toReverse.posting, reversal),
      inLedger({ ...paymentFact(job, debitMoney(toReverse.debit)), lostOn: lostDate }),
      settles(
        ['overpayment', 'period_locked'],
        debitSubject(toReverse.debit.id),
        'the payment was taken back',
      ),
    ],
  };
}

function takenBack(posting: Posting, reversal: Posting): Effect {
  return step('postings', async (tx) => {
    await tx.postings.update(reversal.key, { state: 'posted', externalId: posting.externalId });
    await tx.postings.update(posting.key, { state: 'reversed' });
  });
}

/** False when FreshBooks keeps the month of the payment closed: then it stays, and so does the invoice. */
async function removePayment(context: FlowContext, posting: Posting, reversal: Posting): Promise<boolean> {
  try {
    await context.books.deletePayment(posting.externalId ?? '');
    return true;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== PERIOD_LOCKED) throw error;
    await context.store.transaction((tx) =>
      tx.postings.update(reversal.key, { state: 'rejected', calledAt: null }),
    );
    return false;
  }
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

async function recordIntent(
  job: Job,
  { debit, posting, because, lostDate }: ToReverse & { readonly lostDate: string },
): Promise<Posting> {
  const { source, cycle } = posting;
  const begun = await reversalOf(job, posting, (reversal) => !isByHand(reversal));
  const key = begun?.key ?? newPostingKey(job, { kind: 'reversal', source, cycle });
  return job.store.transaction(async (tx) => {
    const date = await tx.periods.firstOpenDate(lostDate);
    const inOpenMonth = (await tx.periods.firstOpenDate(posting.date)) === posting.date;
    const closed = inOpenMonth ? '' : ` · booked ${posting.date}, that month is closed`;
    const intent = {
      key,
      kind: 'reversal' as const,
      invoiceId: posting.invoiceId,
      invoiceNumber: posting.invoiceNumber,
      source: posting.source,
      cycle: posting.cycle,
      amount: posting.amount,
      date,
      note: `GoCardless ${debit.id} ${because} · mlc:${key}${closed}`,
      reversesKey: posting.key,
      eventId: job.event.id,
    };
    await tx.postings.put(intent, { state: 'intent', calledAt: job.clock.now() });
    await tx.audit.append({
      actor: 'system',
      action: 'reversal.intended',
      subject: invoiceSubject(posting.invoiceId ?? ''),
      correlationId: job.event.correlationId,
      details: { key, reverses: posting.key, paymentId: debit.id, because, date, bookedOn: posting.date },
    });
    return { ...intent, state: 'intent', externalId: null, calledAt: null, recheckAt: null };
  });
}

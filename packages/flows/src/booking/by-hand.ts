import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  isByHand,
  type Job,
  type Money,
  type Posting,
  skipped,
  type Subject,
} from '@mlc/core';
import { ask } from '../asking/review.ts';

/** The reversal by which a person took the newest payment entry back; null when nobody did. Postings oldest first. */
export function takenBackByHand(postings: readonly Posting[]): Posting | null {
  const newest = postings.findLast(({ kind }) => kind === 'payment');
  if (newest?.state !== 'reversed') return null;
  const reversal = postings.findLast(({ reversesKey }) => reversesKey === newest.key);
  return reversal !== undefined && isByHand(reversal) ? reversal : null;
}

/** What a person said about the money since they took it back: `asked` and not answered yet, `left`, an invoice, or nothing. */
export type SaidSince =
  { readonly kind: 'nothing' | 'asked' | 'left' } | { readonly kind: 'matched'; readonly invoiceId: string };

/** The answer to the question that taking a payment back opens; answers from before it do not count. */
export async function saidSince(
  context: FlowContext,
  subject: Subject,
  reversal: Posting,
): Promise<SaidSince> {
  const { reviews } = context.store;
  const open = await reviews.openOn(subject);
  if (open.some(({ kind }) => kind === 'unmatched_payment')) return { kind: 'asked' };
  const answer = await reviews.lastAnswer('unmatched_payment', subject);
  const isOld = reversal.calledAt !== null && answer !== null && answer.openedAt < reversal.calledAt;
  if (answer?.resolution == null || isOld) return { kind: 'nothing' };
  const { action, invoiceId } = answer.resolution;
  if (action === 'match' && invoiceId !== null) return { kind: 'matched', invoiceId };
  return { kind: action === 'ignore' || action === 'done' ? 'left' : 'nothing' };
}

/** Money that a person took off its invoice. */
interface LeftToPerson {
  readonly said: SaidSince;
  readonly reversal: Posting;
  readonly money: { readonly subject: Subject; readonly title: string; readonly amount: Money };
}

/** What an answer about money that was taken back covers: what was said of it before is about another state. */
export function takenBackBy({ key }: Pick<Posting, 'key'>): string {
  return `taken back by ${key}`;
}

/** A payment that a person took back is not booked again by itself: they say where it belongs. */
export async function leaveToPerson(
  job: Job,
  { said, reversal, money: { subject, title, amount } }: LeftToPerson,
): Promise<FlowResult> {
  if (said.kind !== 'nothing') {
    return said.kind === 'asked'
      ? skipped('already-asked', 'a person took the payment back and asks where it belongs')
      : skipped('left-by-person', 'a person took the payment back and left it so');
  }
  return ask(job, {
    kind: 'unmatched_payment',
    subject,
    amount,
    reasons: [
      `${title} of ${formatMoney(amount)} was taken back by hand and is not booked again by itself.`,
      'Match it with the invoice it is for; done or ignore leaves it.',
    ],
    covers: takenBackBy(reversal),
  });
}

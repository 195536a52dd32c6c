import {
  type Candidate,
  type Effect,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  type Job,
  type Money,
  opens,
  type Reading,
  type ReviewKind,
  skipped,
  type Subject,
} from '@mlc/core';

/** A question a flow wants answered by a person. */
export interface Question {
  readonly kind: ReviewKind;
  readonly subject: Subject;
  readonly amount: Money | null;
  /** Sentences a finance person understands, most important first. */
  readonly reasons: readonly string[];
  readonly candidates?: readonly Candidate[];
  /** The state of the subject that an answer covers (`docs/decisions.md`); left out: kind, subject and amount say it all. */
  readonly covers?: string | null;
}

/** Ends the run with a question, unless a person already answered it. */
export async function ask(job: Job, question: Question): Promise<FlowResult> {
  if (await isAnswered(job, question)) {
    return skipped('already-answered', `a person already answered this question (${question.kind})`);
  }
  return {
    state: 'done',
    reason: `review ${question.kind}: ${question.reasons[0] ?? ''}`,
    details: { review: question.kind, reasons: question.reasons },
    effects: [opensQuestion(job.event, question)],
  };
}

/** Opens (or refreshes) it. */
export function opensQuestion({ id: eventId }: Pick<InboundEvent, 'id'>, question: Question): Effect {
  return opens({ candidates: [], eventId, ...question });
}

/**
 * True when a person closed the same question (kind, subject, amount, and what it covers) with `ignore` or `done`: not asked
 * again. What the answer was not given for is asked.
 */
export async function isAnswered(
  context: { readonly store: Pick<Reading, 'reviews'> },
  question: Pick<Question, 'kind' | 'subject' | 'amount' | 'covers'>,
): Promise<boolean> {
  const { kind, subject, covers = null } = question;
  const answer = await context.store.reviews.lastAnswer(kind, subject, covers);
  const action = answer?.resolution?.action;
  return (action === 'ignore' || action === 'done') && sameAmount(answer?.amount ?? null, question.amount);
}

/** Questions on money whose answer `match` names its invoice. */
const MATCHABLE: readonly ReviewKind[] = [
  'unmatched_payment',
  'ambiguous_match',
  'overpayment',
  'invoice_missing',
  'currency_mismatch',
];

/** The invoice a person said this money is for, and to which question; the newest word counts. Null: nobody did. */
export async function lastMatch(
  context: FlowContext,
  subject: Subject,
): Promise<{ readonly kind: ReviewKind; readonly invoiceId: string } | null> {
  let newest: { readonly kind: ReviewKind; readonly invoiceId: string; readonly openedAt: Date } | null =
    null;
  for (const answer of await context.store.reviews.lastAnswers(MATCHABLE, subject)) {
    const invoiceId = answer.resolution?.action === 'match' ? answer.resolution.invoiceId : null;
    if (invoiceId === null) continue;
    const { kind, openedAt } = answer;
    // A question that the last answer led to was opened after it.
    if (newest === null || openedAt > newest.openedAt) newest = { kind, invoiceId, openedAt };
  }
  return newest;
}

/** Questions about where money belongs: over once it is in the books, and once the money is gone. */
export const WHERE_MONEY_BELONGS: readonly ReviewKind[] = [
  'unmatched_payment',
  'ambiguous_match',
  'overpayment',
  'invoice_missing',
  'currency_mismatch',
  'period_locked',
];

/** The loss of a debit: it is booked again only when its money came back. */
const ANSWERED_BY_A_DEBIT: readonly ReviewKind[] = ['late_failure', 'chargeback'];

/** Questions on a payment that are answered once it is in the books. A PayPal payment stays booked when it is charged back. */
export function answeredByBooks(provider: string): readonly ReviewKind[] {
  return provider === 'gocardless' ? [...WHERE_MONEY_BELONGS, ...ANSWERED_BY_A_DEBIT] : WHERE_MONEY_BELONGS;
}

/** True when a person answered this question, of this very state, with "go ahead" (`retry`). */
export async function toldToGoAhead(
  context: FlowContext,
  { kind, subject, covers = null }: Pick<Question, 'kind' | 'subject' | 'covers'>,
): Promise<boolean> {
  const answer = await context.store.reviews.lastAnswer(kind, subject, covers);
  return answer?.resolution?.action === 'retry';
}

function sameAmount(left: Money | null, right: Money | null): boolean {
  return left?.minor === right?.minor && left?.currency === right?.currency;
}

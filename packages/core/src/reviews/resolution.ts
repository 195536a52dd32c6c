import type { Review, ReviewAction, ReviewKind } from '../ports/reviews.ts';

/** A person's answer to a review. */
export interface ReviewAnswer {
  readonly action: ReviewAction;
  readonly note: string;
  /** The person's user name, or `cli`. */
  readonly by: string;
  /** For `match`: the invoice the payment is for. */
  readonly invoiceId?: string | undefined;
  /** For `match` of an `ambiguous_customer` or `no_mandate`: the GoCardless customer the client is. */
  readonly customerId?: string | undefined;
}

/** Why this answer cannot be taken, in words that say what to do; null when it can. */
export function answerProblem(review: Review, answer: ReviewAnswer): string | null {
  if (review.resolution !== null) {
    return `review ${review.id} was already resolved (${review.resolution.action} by ${review.resolution.by})`;
  }
  if (answer.action !== 'match' && (isNamed(answer.invoiceId) || isNamed(answer.customerId)))
    return `--invoice and --customer go with match, not with ${answer.action}`;
  if (answer.action === 'match') {
    const problem = matchProblem(review, answer);
    if (problem !== null) return problem;
  }
  if (runsEventAgain(answer.action) && review.eventId === null) {
    return `review ${review.id} came from no event that could run again: resolve it with done or ignore`;
  }
  return null;
}

/** Questions that are answered by naming the client's customer. */
const ABOUT_CUSTOMER: readonly ReviewKind[] = ['ambiguous_customer', 'no_mandate'];

/** Questions on money that are answered by naming its invoice. */
const ABOUT_INVOICE: readonly ReviewKind[] = [
  'unmatched_payment',
  'ambiguous_match',
  'overpayment',
  'invoice_missing',
  'currency_mismatch',
];

function isNamed(id: string | undefined): boolean {
  return id !== undefined && id !== '';
}

function matchProblem(review: Review, answer: ReviewAnswer): string | null {
  if (ABOUT_CUSTOMER.includes(review.kind)) {
    if (answer.customerId !== undefined && answer.customerId !== '') return null;
    return '--customer is needed to match: the GoCardless customer this client is';
  }
  if (!ABOUT_INVOICE.includes(review.kind) || review.subject.provider === 'freshbooks')
    return `a review of the kind ${review.kind} on ${review.subject.type} ${review.subject.id} is not answered with match`;
  if (isNamed(answer.invoiceId)) return null;
  return '--invoice is needed to match: the FreshBooks invoice this is for';
}

/** Whether the review's event runs again after this answer. */
export function runsEventAgain(action: ReviewAction): boolean {
  return action === 'retry' || action === 'match';
}

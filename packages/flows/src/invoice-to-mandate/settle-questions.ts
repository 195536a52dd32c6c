import { type Effect, type FlowResult, type Review, type ReviewKind, settles, step } from '@mlc/core';
import { invoiceSubject } from '../running/subjects.ts';
import { UNDER_WAY_KINDS } from '../asking/under-way.ts';
import { isSeenByLook, OBSTACLES } from './questions.ts';

/** How a look at an invoice ended, as far as questions about it are concerned. */
export interface Looked {
  /** The question that is true now, be it answered already; null when there is none. */
  readonly asks: ReviewKind | null;
  /** A debit whose money is not in the books lives. */
  readonly isUnderWay: boolean;
  /** That debit is the one the invoice needs. */
  readonly fits: boolean;
}

/** No debit is under way: nothing that was asked about one is true any more, nor any other obstacle. */
export function asking(asks: ReviewKind): Looked {
  return { asks, isUnderWay: false, fits: false };
}

/** Questions a look at the invoice asks, and therefore settles. */
const LOOKED: readonly ReviewKind[] = [...OBSTACLES, ...UNDER_WAY_KINDS, 'not_collected'];

/** Whether an open question of an invoice is over after a look that did not ask it (docs/decisions.md). */
export function isOver({ kind, covers }: Pick<Review, 'kind' | 'covers'>, looked: Looked): boolean {
  if (kind === looked.asks || !LOOKED.includes(kind)) return false;
  if (kind === 'double_payment_risk') return isRiskOver(covers, looked);
  // Another obstacle does not make up for a debit that failed.
  if (kind === 'not_collected') return looked.asks === null || looked.isUnderWay;
  return true;
}

/** A risk that the look itself would see is over; one that others told of, once no debit is under way that might be the second. */
function isRiskOver(covers: string | null, { isUnderWay, fits }: Looked): boolean {
  return isSeenByLook(covers) || !isUnderWay || (fits && covers?.startsWith('debit ') === true);
}

/** The result of a look, which settles what is not asked any more. */
export function settling(result: FlowResult, invoiceId: string, looked: Looked): FlowResult {
  return { ...result, effects: [...result.effects, settlesOver(invoiceId, looked, result.reason)] };
}

function settlesOver(invoiceId: string, looked: Looked, why: string): Effect {
  const subject = invoiceSubject(invoiceId);
  return step('looks', async (tx) => {
    const over = (await tx.reviews.openOn(subject)).filter((review) => isOver(review, looked));
    return over.map(({ kind }) => settles([kind], subject, why));
  });
}

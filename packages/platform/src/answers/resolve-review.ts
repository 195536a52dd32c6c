import {
  answerProblem,
  resolutionOf,
  reviewResolvedEntry,
  runsEventAgain,
  type Clock,
  type Review,
  type ReviewAnswer,
} from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { sqlOn } from '../postgres/sql.ts';
import { correlationOf } from '../inbox/correlation.ts';
import { eventStore } from '../inbox/events.ts';
import { reviewOf } from '../store/review-rows.ts';

/** Which review, and the answer. `businessId` narrows to one business: a review of another is not found. */
export interface ReviewResolution extends ReviewAnswer {
  readonly reviewId: string;
  readonly businessId?: string | undefined;
}

/** An answer that cannot be taken; the message says why and what to do. */
export class ReviewRefusedError extends Error {
  override readonly name = 'ReviewRefusedError';
  /** `refused`: something is missing from the answer, the review is closed, or it has no event to run again. */
  readonly why: 'not-found' | 'refused';

  constructor(why: 'not-found' | 'refused', message: string) {
    super(message);
    this.why = why;
  }
}

/**
 * Takes a person's answer: closes the review, audits it, and on `retry` and `match` runs its event again, all in one
 * transaction. Returns the closed review.
 * @throws ReviewRefusedError when there is no such review, it is closed, or the answer lacks something.
 */
export function resolveReview(
  database: Database,
  clock: Clock,
  resolution: ReviewResolution,
): Promise<Review> {
  return database.transaction((tx) => resolveWithin(tx, clock, resolution));
}

/** The same, within a transaction that does more. @throws ReviewRefusedError */
export async function resolveWithin(
  tx: Executor,
  clock: Clock,
  resolution: ReviewResolution,
): Promise<Review> {
  const { businessId, review } = await lockReview(tx, resolution);
  const problem = answerProblem(review, resolution);
  if (problem !== null) throw new ReviewRefusedError('refused', problem);
  const resolved = await close(tx, clock, resolution);
  if (runsEventAgain(resolution.action) && review.eventId !== null) {
    await eventStore(sqlOn(tx), businessId, clock).rerun([review.eventId]);
  }
  const correlationId = await correlationOf(tx, review.eventId);
  await appendAudit(tx, businessId, clock, reviewResolvedEntry(review, resolution, correlationId));
  return resolved;
}

async function lockReview(tx: Executor, { reviewId, businessId }: ReviewResolution) {
  await tx.$executeRaw`SELECT 1 FROM reviews WHERE id = ${reviewId} FOR UPDATE`;
  const where = businessId === undefined ? { id: reviewId } : { id: reviewId, businessId };
  const row = await tx.review.findFirst({ where });
  if (row === null) {
    throw new ReviewRefusedError('not-found', `there is no review ${reviewId}; mlc reviews list shows them`);
  }
  return { businessId: row.businessId, review: reviewOf(row) };
}

async function close(tx: Executor, clock: Clock, resolution: ReviewResolution): Promise<Review> {
  const { action, note, by, invoiceId, customerId } = resolutionOf(resolution);
  const row = await tx.review.update({
    where: { id: resolution.reviewId },
    data: {
      state: 'resolved',
      action,
      note,
      resolvedBy: by,
      resolvedAt: clock.now(),
      chosenInvoiceId: invoiceId,
      chosenCustomerId: customerId,
    },
  });
  return reviewOf(row);
}

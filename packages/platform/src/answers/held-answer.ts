import {
  answerProblem,
  type Clock,
  resolutionOf,
  type Review,
  type ReviewAction,
  type ReviewAnswer,
} from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { correlationOf } from '../inbox/correlation.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { reviewOf } from '../store/review-rows.ts';
import { resolveWithin, ReviewRefusedError } from './resolve-review.ts';

/** How long an answer can be withdrawn, in seconds: an event that ran again has moved money and cannot be taken back. */
export const HELD_S = 10;
/** Answers taken in one go. */
const BATCH = 100;

/** Somebody answered or changed the review since it was shown. */
export class StaleReviewError extends Error {
  override readonly name = 'StaleReviewError';
}

/** Which review as it was seen, and the answer to hold. */
export interface Holding extends ReviewAnswer {
  readonly reviewId: string;
  readonly revision: number;
}

/** What is kept of a held answer. */
interface Held {
  readonly action: ReviewAction;
  readonly note: string;
  readonly by: string;
  readonly invoiceId: string | null;
  readonly customerId: string | null;
  /** Of the review while it waits: a higher one means that what it is about has changed. */
  readonly revision: number;
}

/**
 * Keeps an answer for HELD_S before it counts. Resolves to when it will.
 * @throws StaleReviewError when the review is not as it was seen; ReviewRefusedError when the answer lacks something.
 */
export function holdAnswer(database: Database, clock: Clock, holding: Holding): Promise<Date> {
  return database.transaction(async (tx) => {
    const { review, businessId, revision, pending } = await locked(tx, holding.reviewId);
    if (revision !== holding.revision || pending !== null)
      throw new StaleReviewError('somebody answered or changed this review since you saw it');
    const problem = answerProblem(review, holding);
    if (problem !== null) throw new ReviewRefusedError('refused', problem);
    const held: Held = { ...resolutionOf(holding), revision: revision + 1 };
    const [row] = await tx.$queryRaw<{ at: Date }[]>`
      UPDATE reviews SET pending = ${JSON.stringify(held)}::jsonb, apply_at = now() + ${HELD_S} * interval '1 second'
      WHERE id = ${review.id} RETURNING apply_at AS at`;
    await note(tx, clock, {
      review,
      businessId,
      action: 'review.answer-held',
      by: holding.by,
      details: held,
    });
    if (row === undefined) throw new Error(`the review ${review.id} was not held`);
    return row.at;
  });
}

/** Takes a held answer back. @throws ReviewRefusedError when there is none any more. */
export function withdrawAnswer(
  database: Database,
  clock: Clock,
  { reviewId, by }: { reviewId: string; by: string },
): Promise<void> {
  return database.transaction(async (tx) => {
    const { review, businessId, pending } = await locked(tx, reviewId);
    if (pending === null)
      throw new ReviewRefusedError(
        'refused',
        'there is no answer to withdraw: it counts already, or was withdrawn',
      );
    await tx.$executeRaw`UPDATE reviews SET pending = NULL, apply_at = NULL WHERE id = ${reviewId}`;
    await note(tx, clock, { review, businessId, action: 'review.answer-withdrawn', by, details: {} });
  });
}

/** Lets every held answer count whose time has come; any process may, several at once do no harm. Returns how many. */
export async function takeDueAnswers(database: Database, clock: Clock): Promise<number> {
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT id FROM reviews WHERE apply_at <= now() ORDER BY apply_at LIMIT ${String(BATCH)}`,
  );
  let taken = 0;
  for (const { id } of rows) if (await takeOne(database, clock, id)) taken += 1;
  return taken;
}

interface DueRow {
  readonly pending: Held;
  readonly revision: number;
  readonly business_id: string;
}

/** Checked again under the lock: it may have been withdrawn, taken or settled meanwhile. */
function takeOne(database: Database, clock: Clock, reviewId: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    const [due] = await tx.$queryRaw<DueRow[]>`
      SELECT pending, revision, business_id FROM reviews WHERE id = ${reviewId} AND state = 'open' AND apply_at <= now() AND pending IS NOT NULL FOR UPDATE`;
    if (due === undefined) return false;
    const { action, note: text, by, invoiceId, customerId } = due.pending;
    const answer = {
      action,
      note: text,
      by,
      invoiceId: invoiceId ?? undefined,
      customerId: customerId ?? undefined,
    };
    const review = reviewOf(await tx.review.findUniqueOrThrow({ where: { id: reviewId } }));
    const problem = answerProblem(review, answer);
    if (problem === null && due.revision === due.pending.revision) {
      await resolveWithin(tx, clock, { reviewId, ...answer });
      return true;
    }
    // What it is about changed while it waited: people are asked again.
    await tx.$executeRaw`UPDATE reviews SET pending = NULL, apply_at = NULL WHERE id = ${reviewId}`;
    const why = problem ?? 'the review changed while the answer was held';
    await note(tx, clock, {
      review,
      businessId: due.business_id,
      action: 'review.answer-dropped',
      by,
      details: { why },
    });
    return false;
  });
}

async function locked(tx: Executor, reviewId: string) {
  await tx.$executeRaw`SELECT 1 FROM reviews WHERE id = ${reviewId} FOR UPDATE`;
  const row = await tx.review.findUnique({ where: { id: reviewId } });
  if (row === null) throw new ReviewRefusedError('not-found', `there is no review ${reviewId}`);
  return { review: reviewOf(row), businessId: row.businessId, revision: row.revision, pending: row.pending };
}

async function note(
  tx: Executor,
  clock: Clock,
  entry: { review: Review; businessId: string; action: string; by: string; details: object },
): Promise<void> {
  const { review, businessId, action, by, details } = entry;
  await appendAudit(tx, businessId, clock, {
    actor: by,
    action,
    subject: review.subject,
    correlationId: await correlationOf(tx, review.eventId),
    details: { reviewId: review.id, kind: review.kind, ...details },
  });
}

import {
  type AuditLog,
  type Review,
  type ReviewAnswer,
  reviewOpenedEntry,
  reviewResolvedEntry,
  type ReviewStore,
  resolutionOf,
  type Subject,
  toPlainJson,
} from '@mlc/core';
import type { MemoryScope } from './rows.ts';

/** Questions for people, in memory. */
export function memoryReviews(scope: MemoryScope, audit: AuditLog): ReviewStore {
  const listed = (keep: (review: Review) => boolean) => [...scope.rows.reviews.values()].filter(keep);
  const isOpenOn = (review: Review, subject: Subject) =>
    review.state === 'open' && sameSubject(review.subject, subject);
  return {
    open: async (question) => {
      const before = listed((one) => one.kind === question.kind && isOpenOn(one, question.subject))[0];
      const id = before?.id ?? `review-${String(scope.rows.reviews.size + 1)}`;
      const openedAt = before?.openedAt ?? scope.clock.now();
      const { reasons, candidates } = toPlainJson(question) as unknown as Pick<
        Review,
        'reasons' | 'candidates'
      >;
      const said = { ...question, covers: question.covers ?? null, reasons, candidates };
      const review: Review = { ...said, id, openedAt, state: 'open', resolution: null };
      scope.rows.reviews.set(id, review);
      if (before === undefined) await audit.append(reviewOpenedEntry(review, correlationOf(scope, review)));
      return review;
    },
    openOn: (subject) => Promise.resolve(listed((one) => isOpenOn(one, subject))),
    openOfKind: (kind) => Promise.resolve(listed((one) => one.state === 'open' && one.kind === kind)),
    lastAnswer: (kind, subject, covers) => {
      const answers = [...scope.rows.resolved].flatMap((id) => scope.rows.reviews.get(id) ?? []);
      const last = answers.findLast(
        (one) =>
          one.kind === kind &&
          sameSubject(one.subject, subject) &&
          (covers === undefined || one.covers === covers) &&
          one.resolution?.by !== 'system',
      );
      return Promise.resolve(last ?? null);
    },
    lastAnswers: (kinds, subject) => {
      const answers = [...scope.rows.resolved].flatMap((id) => scope.rows.reviews.get(id) ?? []);
      const last = (kind: Review['kind']) =>
        answers.findLast(
          (one) => one.kind === kind && sameSubject(one.subject, subject) && one.resolution?.by !== 'system',
        );
      return Promise.resolve([...new Set(kinds)].flatMap((kind) => last(kind) ?? []));
    },
    settle: async (kinds, subject, note) => {
      const answer = { action: 'done' as const, note, by: 'system' };
      for (const review of listed((one) => kinds.includes(one.kind) && isOpenOn(one, subject)))
        await closeReview(scope, audit, review, answer);
    },
  };
}

/** Closes an open review and says so in the audit log. */
export async function closeReview(
  scope: MemoryScope,
  audit: AuditLog,
  review: Review,
  answer: ReviewAnswer,
): Promise<Review> {
  const closed: Review = { ...review, state: 'resolved', resolution: resolutionOf(answer) };
  scope.rows.reviews.set(review.id, closed);
  scope.rows.resolved.add(review.id);
  await audit.append(reviewResolvedEntry(review, answer, correlationOf(scope, review)));
  return closed;
}

function correlationOf(scope: MemoryScope, review: Review): string | null {
  if (review.eventId === null) return null;
  return scope.rows.events.get(review.eventId)?.correlationId ?? null;
}

function sameSubject(left: Subject, right: Subject): boolean {
  return left.provider === right.provider && left.type === right.type && left.id === right.id;
}

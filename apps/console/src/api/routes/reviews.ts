import { holdAnswer, HELD_S, StaleReviewError, withdrawAnswer } from '@mlc/platform/answers/held-answer';
import { ReviewRefusedError } from '@mlc/platform/answers/resolve-review';
import { pageOfReviews, type ReviewPageItem, reviewForPage } from '@mlc/platform/views/paged-reviews';
import type { ReviewAnswer } from '@mlc/core';
import { checkChoice, ChoiceRefusedError } from '@mlc/flows';
import { z } from '../zod.ts';
import { Problem } from '../../http/problem.ts';
import type { ApiParts } from '../parts.ts';
import { momentsOf } from '../filters.ts';
import { route } from '../route.ts';
import {
  answer,
  bulkAnswer,
  bulkAnswered,
  id,
  instant,
  ofBusiness,
  pageOf,
  review,
  reviewsQuery,
} from '../schemas.ts';
import { answerAll } from './bulk-answers.ts';
import { inApiWords } from './in-api-words.ts';

interface FoundReview {
  readonly businessId: string;
  readonly review: ReviewPageItem;
}

const one = {
  params: z.object({ reviewId: id }),
  within: 'thing',
  find: ({ database }: ApiParts, { reviewId }: { reviewId: string }) => reviewForPage(database, reviewId),
} as const;

export const reviewRoutes = [
  route({
    id: 'listReviews',
    method: 'get',
    path: '/reviews',
    summary: 'Questions for people, newest first',
    role: 'viewer',
    within: 'business',
    query: reviewsQuery,
    status: 200,
    answer: pageOf(review),
    run: async ({ parts, business, query }) => {
      const filters = { kinds: query.kind, invoices: query.invoice, clients: query.client };
      const question = { ...query, ...momentsOf(business, query), ...filters, businessId: business.id };
      return { body: mutable(await pageOfReviews(parts.database, question)) };
    },
  }),
  route({
    id: 'answerReviews',
    method: 'post',
    path: '/reviews/resolutions',
    summary: 'Give several questions of one kind the same answer; each may be refused for itself',
    role: 'finance',
    within: 'business',
    query: z.strictObject(ofBusiness),
    body: bulkAnswer,
    status: 200,
    answer: bulkAnswered,
    run: async ({ parts, business, caller, body }) => {
      const given = { ...body, by: caller.actor, businessId: business.id };
      return { body: { items: mutable(await answerAll(parts, given)) } };
    },
  }),
  route({
    id: 'getReview',
    method: 'get',
    path: '/reviews/{reviewId}',
    summary: 'One question',
    role: 'viewer',
    ...one,
    status: 200,
    answer: review,
    run: ({ found }) => Promise.resolve(reply(found)),
  }),
  route({
    id: 'answerReview',
    method: 'put',
    path: '/reviews/{reviewId}/resolution',
    summary: `Answer a question; the answer counts after ${String(HELD_S)} seconds and can be withdrawn until then`,
    role: 'finance',
    ...one,
    body: answer,
    needsMatch: true,
    status: 202,
    answer: z.object({ undoUntil: instant, review }),
    run: async ({ parts, found, body, revision, caller }) => {
      const wish = { ...body, by: caller.actor };
      const checked = await checkedAnswer(parts, found, wish);
      const held = { ...checked, reviewId: found.review.id, revision: revision ?? 0 };
      const undoUntil = await holdAnswer(parts.database, parts.clock, held).catch((error: unknown) =>
        asProblem(parts, found.review.id, error),
      );
      parts.answerHeld();
      const now = await reload(parts, found.review.id);
      return {
        body: { undoUntil: undoUntil.toISOString(), review: mutable(now.review) },
        revision: now.review.revision,
      };
    },
  }),
  route({
    id: 'withdrawAnswer',
    method: 'delete',
    path: '/reviews/{reviewId}/resolution',
    summary: 'Withdraw an answer that does not count yet',
    role: 'finance',
    ...one,
    status: 200,
    answer: review,
    run: async ({ parts, found, caller }) => {
      const reviewId = found.review.id;
      const withdrawal = withdrawAnswer(parts.database, parts.clock, { reviewId, by: caller.actor });
      await withdrawal.catch((error: unknown) => asProblem(parts, reviewId, error));
      return reply(await reload(parts, reviewId));
    },
  }),
];

/** What zod calls the same without `readonly`. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

export function mutable<T>(value: T): Mutable<T> {
  return value as Mutable<T>;
}

function reply({ review: body }: FoundReview) {
  return { body: mutable(body), revision: body.revision };
}

async function reload({ database }: ApiParts, reviewId: string): Promise<FoundReview> {
  const found = await reviewForPage(database, reviewId);
  if (found === null) throw new Problem('not-found', 'There is no such thing.');
  return found;
}

/** A choice is looked up at the provider before it is taken. @throws Problem */
async function checkedAnswer(parts: ApiParts, found: FoundReview, wish: ReviewAnswer): Promise<ReviewAnswer> {
  const isChoice = wish.action === 'match' && (wish.invoiceId !== undefined || wish.customerId !== undefined);
  if (!isChoice || found.review.state !== 'open') return wish;
  const context = await parts.connections().of(found.businessId);
  try {
    return await checkChoice(context, wish, found.review.currency);
  } catch (error) {
    if (error instanceof ChoiceRefusedError) throw new Problem('refused', error.message);
    throw error;
  }
}

async function asProblem(parts: ApiParts, reviewId: string, error: unknown): Promise<never> {
  if (error instanceof StaleReviewError) {
    const { review: current } = await reload(parts, reviewId);
    throw new Problem('stale', 'Somebody answered or changed this review since you saw it.', { current });
  }
  if (!(error instanceof ReviewRefusedError)) throw error;
  if (error.why === 'not-found') throw new Problem('not-found', 'There is no such thing.');
  const { review: now } = await reload(parts, reviewId);
  const isOver = now.state === 'resolved' || error.message.startsWith('there is no answer');
  throw new Problem(isOver ? 'conflict' : 'refused', inApiWords(error.message));
}

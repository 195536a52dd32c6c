import { holdAnswer, StaleReviewError } from '@mlc/platform/answers/held-answer';
import { ReviewRefusedError } from '@mlc/platform/answers/resolve-review';
import { type ReviewPageItem, reviewForPage } from '@mlc/platform/views/paged-reviews';
import { Problem } from '../../http/problem.ts';
import type { ApiParts } from '../parts.ts';
import { inApiWords } from './in-api-words.ts';

interface Item {
  readonly id: string;
  readonly revision: number;
}

/** One answer for several reviews of a business. */
interface Given {
  readonly businessId: string;
  readonly action: 'done' | 'ignore' | 'retry';
  readonly note: string;
  readonly by: string;
  readonly items: readonly Item[];
}

/** What became of one of them. */
interface Outcome {
  readonly code: 'held' | 'not-found' | 'stale' | 'conflict' | 'refused';
  readonly detail: string | null;
  readonly undoUntil: string | null;
}

interface Answered extends Outcome {
  readonly id: string;
  readonly review: ReviewPageItem | null;
}

/** Holds the answer for each, in their order. @throws Problem when they are of several kinds */
export async function answerAll(parts: ApiParts, given: Given): Promise<readonly Answered[]> {
  await oneKindOnly(parts, given);
  const answered: Answered[] = [];
  for (const item of given.items) {
    const outcome = await answerOne(parts, given, item);
    const review = (await ofBusiness(parts, given, item))?.review ?? null;
    answered.push({ id: item.id, ...outcome, review });
  }
  parts.answerHeld();
  return answered;
}

async function ofBusiness({ database }: ApiParts, { businessId }: Given, { id }: Item) {
  const found = await reviewForPage(database, id);
  return found?.businessId === businessId ? found : null;
}

async function oneKindOnly(parts: ApiParts, given: Given): Promise<void> {
  const found = await Promise.all(given.items.map((item) => ofBusiness(parts, given, item)));
  const kinds = new Set(found.flatMap((each) => each?.review.kind ?? []));
  if (kinds.size > 1)
    throw new Problem(
      'refused',
      `These are questions of several kinds (${[...kinds].join(', ')}): answer one kind at a time.`,
    );
}

async function answerOne(parts: ApiParts, given: Given, item: Item): Promise<Outcome> {
  const found = await ofBusiness(parts, given, item);
  if (found === null) return refusal('not-found', 'There is no such review.');
  const { action, note, by } = given;
  try {
    const held = { action, note, by, reviewId: item.id, revision: item.revision };
    const undoUntil = await holdAnswer(parts.database, parts.clock, held);
    return { code: 'held', detail: null, undoUntil: undoUntil.toISOString() };
  } catch (error) {
    if (error instanceof StaleReviewError)
      return refusal('stale', 'Somebody answered or changed this review since you saw it.');
    if (!(error instanceof ReviewRefusedError)) throw error;
    return refusal(found.review.state === 'resolved' ? 'conflict' : 'refused', inApiWords(error.message));
  }
}

function refusal(code: Outcome['code'], detail: string): Outcome {
  return { code, detail, undoUntil: null };
}

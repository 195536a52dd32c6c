import { useState } from 'react';
import { api, read } from '../../api/client.ts';
import { type ApiProblem, problemIn } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import type { Review, ReviewAnswer } from '../../api/types.ts';
import { counted } from '../../en.ts';
import { now } from '../../format/time.ts';
import { toast } from '../../ui/toasts.tsx';

interface Held {
  readonly undoUntil: string;
  readonly review: Review;
}

/** What became of one answer. */
export type Given = { readonly held: Held } | { readonly problem: ApiProblem };

/** The answer of somebody else who was faster, as the API sends it along. */
export function currentIn({ current }: ApiProblem): Review | null {
  return typeof current === 'object' && current !== null && 'revision' in current
    ? (current as Review)
    : null;
}

async function give(review: Review, body: ReviewAnswer): Promise<Given> {
  const params = {
    path: { reviewId: review.id },
    header: { 'If-Match': `"r${String(review.revision)}"` },
  };
  try {
    const held = await read<Held>(api.PUT('/reviews/{reviewId}/resolution', { params, body }));
    remember(held.review);
    return { held };
  } catch (error) {
    const problem = problemIn(error);
    if (problem === null) throw error;
    const current = currentIn(problem);
    if (current !== null) remember(current);
    return { problem };
  }
}

/** Puts a review as it is now beside what was read before. */
function remember(review: Review): void {
  queryClient.setQueryData(['reviews', 'one', review.id], review);
  queryClient.setQueriesData<{ items: Review[] }>({ queryKey: ['reviews', review.business] }, (page) =>
    page === undefined
      ? page
      : { ...page, items: page.items.map((each) => (each.id === review.id ? review : each)) },
  );
}

function lookAgain(): void {
  void queryClient.invalidateQueries({ queryKey: ['reviews'] });
  void queryClient.invalidateQueries({ queryKey: ['status'] });
}

async function withdraw(reviewIds: readonly string[]): Promise<void> {
  let taken = 0;
  for (const reviewId of reviewIds)
    try {
      remember(
        await read<Review>(api.DELETE('/reviews/{reviewId}/resolution', { params: { path: { reviewId } } })),
      );
      taken += 1;
    } catch (error) {
      if (problemIn(error) === null) throw error;
    }
  const left = reviewIds.length - taken;
  toast(
    left === 0
      ? { text: `${counted(taken, 'answer')} taken back.` }
      : { text: `${counted(left, 'answer')} counted already and cannot be taken back.`, tone: 'bad' },
  );
  lookAgain();
}

/** Says that answers are held, and looks again when they count. */
function tellHeld(held: readonly Held[], onUndo: () => void): void {
  const untilMs = Math.max(...held.map(({ undoUntil }) => Date.parse(undoUntil)));
  const leftMs = Math.max(1_000, untilMs - now().getTime());
  const seconds = String(Math.round(leftMs / 1_000));
  toast({
    text: `${counted(held.length, 'answer counts', 'answers count')} in ${seconds} s.`,
    shownMs: leftMs,
    undo: () => {
      onUndo();
      void withdraw(held.map(({ review }) => review.id));
    },
  });
  setTimeout(lookAgain, leftMs + LOOK_AFTER_MS);
}

/** An answer is taken this long after it can be withdrawn no more. */
const LOOK_AFTER_MS = 1_500;

/** Gives answers, one after the other, and lets them be taken back. */
export function useAnswers() {
  const [isBusy, setBusy] = useState(false);
  const answer = async (
    reviews: readonly Review[],
    body: ReviewAnswer,
    onUndo: () => void = () => undefined,
  ): Promise<Given[]> => {
    setBusy(true);
    const given: Given[] = [];
    try {
      for (const review of reviews) given.push(await give(review, body));
    } finally {
      setBusy(false);
    }
    const held = given.flatMap((each) => ('held' in each ? [each.held] : []));
    if (held.length > 0) tellHeld(held, onUndo);
    return given;
  };
  return { answer, isBusy, withdraw: (reviewId: string) => withdraw([reviewId]) };
}

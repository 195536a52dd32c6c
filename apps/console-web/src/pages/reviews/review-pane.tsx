import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ApiProblem } from '../../api/problem.ts';
import { reviewQuery } from '../../api/queries.ts';
import type { Review, ReviewAnswer } from '../../api/types.ts';
import { en } from '../../en.ts';
import { useBusiness } from '../../session.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { AnswerForm } from './answer-form.tsx';
import { Answered, Pending, ReviewFacts } from './review-details.tsx';
import type { useAnswers } from './use-answers.ts';

interface ReviewPaneProps {
  readonly id: string;
  /** The review as the list has it, to show at once. */
  readonly listed: Review | undefined;
  readonly answers: ReturnType<typeof useAnswers>;
  /** Goes on to the next. */
  readonly onAnswered: (review: Review) => void;
  /** Comes back to this one. */
  readonly onUndo: (review: Review) => void;
}

/** One review: question, evidence, answer. */
export function ReviewPane({ id, listed, answers, onAnswered, onUndo }: ReviewPaneProps): ReactNode {
  const query = useQuery({
    ...reviewQuery(id),
    ...(listed === undefined ? {} : { placeholderData: listed }),
  });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const business = useBusiness();
  const mayAnswer = business.may('finance');
  const send = async (review: Review, answer: ReviewAnswer): Promise<void> => {
    const [given] = await answers.answer([review], answer, () => onUndo(review));
    if (given === undefined) return;
    if ('problem' in given) setProblem(given.problem);
    else onAnswered(review);
  };
  return (
    <article className="pane" aria-labelledby="review-title">
      <Loaded query={query} shape="card">
        {(review) => (
          <>
            <ReviewFacts review={review} />
            {review.pendingResolution === null ? null : (
              <Pending
                pending={review.pendingResolution}
                onWithdraw={mayAnswer ? () => void answers.withdraw(review.id) : null}
              />
            )}
            {review.resolution === null ? null : <Answered resolution={review.resolution} />}
            {review.state === 'resolved' || (review.pendingResolution !== null && problem === null) ? null : (
              <AnswerForm
                review={review}
                refusal={mayAnswer ? null : en.needsRole('finance')}
                isBusy={answers.isBusy}
                problem={problem}
                onAnswer={(answer) => void send(review, answer)}
              />
            )}
          </>
        )}
      </Loaded>
    </article>
  );
}

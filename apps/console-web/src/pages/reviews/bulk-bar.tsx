import { type ReactNode, useState } from 'react';
import type { Review, ReviewAction } from '../../api/types.ts';
import { counted } from '../../en.ts';
import type { useAnswers } from './use-answers.ts';

interface BulkBarProps {
  readonly reviews: readonly Review[];
  readonly answers: ReturnType<typeof useAnswers>;
  readonly onDone: (left: readonly string[]) => void;
}

const ACTIONS = [
  ['done', 'Done'],
  ['ignore', 'Ignore'],
  ['retry', 'Try again'],
] as const satisfies readonly (readonly [ReviewAction, string])[];

/** One answer for several reviews of a kind. A match names one thing, so it is never given to many. */
export function BulkBar({ reviews, answers, onDone }: BulkBarProps): ReactNode {
  const [refused, setRefused] = useState<string | null>(null);
  const isMixed = new Set(reviews.map(({ kind }) => kind)).size > 1;
  const send = async (action: ReviewAction): Promise<void> => {
    const note = `Answered together with ${String(reviews.length - 1)} others in the console.`;
    const given = await answers.answer(reviews, { action, note });
    const left = reviews.filter((_, index) => 'problem' in (given[index] ?? {})).map(({ id }) => id);
    const problem = given.find((each) => 'problem' in each);
    setRefused(
      problem === undefined
        ? null
        : `${counted(left.length, 'was', 'were')} refused: ${problem.problem.detail}`,
    );
    onDone(left);
  };
  return (
    <div className="bulk" role="group" aria-label="Selected reviews">
      <strong>{counted(reviews.length, 'review')} selected</strong>
      {ACTIONS.map(([action, text]) => (
        <button
          key={action}
          type="button"
          className="button is-small"
          disabled={isMixed || answers.isBusy}
          onClick={() => void send(action)}
        >
          {text}
        </button>
      ))}
      <button type="button" className="link" onClick={() => onDone([])}>
        Select none
      </button>
      {isMixed ? <span className="quiet">Only one kind can be answered together.</span> : null}
      {refused === null ? null : <span role="alert">{refused}</span>}
    </div>
  );
}

import { type ReactNode, useRef, useState } from 'react';
import type { Review, ReviewAction, ReviewAnswer } from '../../api/types.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { useKeys } from '../../ui/use-keys.ts';
import { type Choice, choicesOf, matchedWith, type Way, waysOf } from './choices.ts';
import { ChoiceList } from './choice-list.tsx';

interface AnswerFormProps {
  readonly review: Review;
  /** Why this person may not answer; null when they may. */
  readonly refusal: string | null;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly onAnswer: (answer: ReviewAnswer) => void;
}

const NO_NOTE = 'Answered in the console, without a note.';

function exactOf(choices: readonly Choice[]): Choice | null {
  const [best] = choices;
  return best?.score === 100 ? best : null;
}

/** How to answer: what it belongs to, a note, and the buttons with what each does. */
export function AnswerForm({ review, refusal, isBusy, problem, onAnswer }: AnswerFormProps): ReactNode {
  const choices = choicesOf(review);
  const [choice, choose] = useState<Choice | null>(exactOf(choices));
  const [note, setNote] = useState('');
  const noteField = useRef<HTMLTextAreaElement>(null);
  const ways = waysOf(review, choice);
  const is = matchedWith(review);
  const mayNot = (action: ReviewAction): boolean =>
    refusal !== null || isBusy || (action === 'match' && choice === null);
  const send = (action: ReviewAction): void => {
    if (mayNot(action)) return;
    const named = action === 'match' && choice !== null ? { [`${choice.is}Id`]: choice.id } : {};
    onAnswer({ action, note: note.trim() === '' ? NO_NOTE : note.trim(), ...named });
  };
  useKeys({
    ...Object.fromEntries(choices.slice(0, 9).map((each, index) => [String(index + 1), () => choose(each)])),
    ...Object.fromEntries(ways.map(({ action }) => [action.charAt(0), () => send(action)])),
    n: () => noteField.current?.focus(),
  });
  return (
    <form className="answer" onSubmit={(event) => event.preventDefault()}>
      {is === null ? null : <ChoiceList is={is} choices={choices} choice={choice} onChoose={choose} />}
      <label htmlFor="note">Note</label>
      <textarea
        id="note"
        ref={noteField}
        rows={2}
        maxLength={2_000}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      />
      {problem === null ? null : <Refused problem={problem} />}
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      <div className="ways">
        {ways.map((way, index) => (
          <WayButton
            key={way.action}
            way={way}
            isFirst={index === 0}
            isOff={mayNot(way.action)}
            onSend={send}
          />
        ))}
      </div>
    </form>
  );
}

interface WayButtonProps {
  readonly way: Way;
  readonly isFirst: boolean;
  readonly isOff: boolean;
  readonly onSend: (action: ReviewAction) => void;
}

function WayButton({ way: { action, text, effect }, isFirst, isOff, onSend }: WayButtonProps): ReactNode {
  return (
    <div className="way">
      <button
        type="button"
        className={isFirst ? 'button is-primary' : 'button'}
        aria-disabled={isOff}
        aria-describedby={`effect-${action}`}
        onClick={() => onSend(action)}
      >
        {text} <kbd>{action.charAt(0)}</kbd>
      </button>
      <span className="quiet" id={`effect-${action}`}>
        {effect}
      </span>
    </div>
  );
}

function Refused({ problem }: { readonly problem: ApiProblem }): ReactNode {
  return (
    <div className="notice is-bad" role="alert">
      <strong>{problem.title}.</strong> {problem.detail}
      {problem.code === 'stale' ? ' It is shown as it is now; your note is still here.' : null}
    </div>
  );
}

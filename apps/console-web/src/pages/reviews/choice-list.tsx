import { type ReactNode, useState } from 'react';
import type { Choice } from './choices.ts';

interface ChoiceListProps {
  readonly is: Choice['is'];
  readonly choices: readonly Choice[];
  readonly choice: Choice | null;
  readonly onChoose: (choice: Choice | null) => void;
}

const ASKS = {
  invoice: { title: 'Which invoice?', other: 'Another invoice: its number or id' },
  customer: { title: 'Which GoCardless customer?', other: 'Another customer: its id (CU…)' },
} as const;

/** What it could belong to, best first, and a field for what is not among them. */
export function ChoiceList({ is, choices, choice, onChoose }: ChoiceListProps): ReactNode {
  const [typed, setTyped] = useState('');
  const type = (text: string): void => {
    setTyped(text);
    const id = text.trim();
    onChoose(id === '' ? null : { id, name: id, why: '', score: null, is });
  };
  return (
    <fieldset className="choices">
      <legend>{ASKS[is].title}</legend>
      {choices.map((each, index) => (
        <label key={each.id} className="choice">
          <input
            type="radio"
            name="choice"
            checked={choice?.id === each.id && typed === ''}
            onChange={() => {
              setTyped('');
              onChoose(each);
            }}
          />
          <span className="choice-name">
            {index < 9 ? <kbd>{index + 1}</kbd> : null} {each.name}
          </span>
          <span className="quiet">
            {each.why}
            {each.score === null ? null : ` · fits ${String(each.score)} of 100`}
          </span>
        </label>
      ))}
      <label className="choice-other">
        <span className="quiet">{ASKS[is].other}</span>
        <input type="text" maxLength={100} value={typed} onChange={({ target }) => type(target.value)} />
      </label>
    </fieldset>
  );
}

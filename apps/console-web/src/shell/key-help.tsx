import { type ReactNode, useState } from 'react';
import { PAGES } from '../routes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { areKeysOn, switchKeys } from '../ui/use-keys.ts';

const KEYS = [
  ['?', 'this help'],
  ['Ctrl K', 'search and go'],
  ['/', 'to the filter'],
  ['j k', 'next, previous line'],
  ['x', 'select a line'],
  ['Enter', 'open it'],
  ['Esc', 'close what is open'],
] as const;

const REVIEW_KEYS = [
  ['1 … 9', 'choose a candidate'],
  ['m r d i', 'match, retry, done, ignore'],
  ['n', 'write the note'],
  ['u', 'undo the last answer'],
] as const;

/** Every key there is, and the switch for those without Ctrl. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [isOn, setOn] = useState(areKeysOn());
  const change = (next: boolean): void => {
    switchKeys(next);
    setOn(next);
  };
  const pages = Object.values(PAGES).map(({ key, title }) => [`g ${key}`, title] as const);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="columns">
        <KeyList title="Everywhere" keys={KEYS} />
        <KeyList title="Reviews" keys={REVIEW_KEYS} />
        <KeyList title="Pages" keys={pages} />
      </div>
      <label className="tick-line">
        <input type="checkbox" checked={isOn} onChange={({ target }) => change(target.checked)} /> Single keys
        do something
      </label>
    </Dialog>
  );
}

function KeyList({
  title,
  keys,
}: {
  readonly title: string;
  readonly keys: readonly (readonly [string, string])[];
}) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

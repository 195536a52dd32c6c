import { type ReactNode, useState } from 'react';
import { en } from '../en.ts';
import { Icon } from './icons.tsx';

/** Copies a text. `what` names it for people who do not see where the button stands. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      className="icon-button is-small"
      onClick={() => void copy()}
      aria-label={en.copy(what)}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span className="only-read" role="status">
        {isCopied ? en.copied : ''}
      </span>
    </button>
  );
}

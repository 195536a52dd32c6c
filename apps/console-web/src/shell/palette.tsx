import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { searchQuery } from '../api/queries.ts';
import { useSigned } from '../session.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useHref } from '../ui/link.tsx';
import { type Found, foundOf, pagesFor } from './found.ts';

/** Search and go: type, choose with the arrows, Enter. */
export function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const href = useHref();
  const list = useId();
  const { business } = useSigned();
  const { data } = useQuery(searchQuery(business?.slug ?? '', typed.trim()));
  const found = [...pagesFor(typed), ...(typed.trim() === '' ? [] : (data?.items ?? []).map(foundOf))];
  const go = (entry: Found | undefined): void => {
    if (entry === undefined) return;
    onClose();
    navigate(href(entry.path, entry.search));
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) setAt((at + step + found.length) % found.length);
    else if (event.key === 'Enter') go(found[at]);
    // Escape empties the field first; a second one closes.
    else if (event.key === 'Escape' && typed !== '') setTyped('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Search pages, invoices, clients and ids"
        placeholder="Page, invoice number, client or any id"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${String(at)}` : undefined}
        autoFocus
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul className="palette-list" id={list} role="listbox" aria-label="Found">
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={`${list}-${String(index)}`}
            role="option"
            aria-selected={index === at}
            onClick={() => go(entry)}
          >
            <span>{entry.text}</span>
            <span className="quiet">{entry.hint}</span>
          </li>
        ))}
      </ul>
      <p className="quiet" role="status">
        {found.length === 0 ? 'Nothing is called that.' : ''}
      </p>
    </Dialog>
  );
}

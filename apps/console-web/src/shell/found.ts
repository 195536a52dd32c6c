import type { SearchHit } from '../api/types.ts';
import { words } from '../en.ts';
import { PAGES } from '../routes.ts';
import type { Search } from '../search.ts';

/** Something the search leads to. */
export interface Found {
  readonly id: string;
  readonly text: string;
  readonly hint: string;
  readonly path: string;
  readonly search?: Search;
}

/** Pages that a few typed letters can mean. */
export function pagesFor(typed: string): Found[] {
  const wanted = typed.trim().toLowerCase();
  return Object.values(PAGES)
    .filter(({ title }) => title.toLowerCase().includes(wanted))
    .map(({ title, path, key }) => ({ id: path, text: title, hint: `g ${key}`, path }));
}

/** Where a hit is shown: on a page of its own, on its invoice's, or in the audit log. */
export function foundOf({ kind, id, title, invoiceId }: SearchHit): Found {
  const shown = { id: `${kind} ${id}`, text: title, hint: words(kind) };
  if (kind === 'review') return { ...shown, path: `${PAGES.reviews.path}/${id}` };
  if (kind === 'dead-letter') return { ...shown, path: `${PAGES.deadLetters.path}/${id}` };
  if (invoiceId !== null) return { ...shown, path: `${PAGES.invoices.path}/${invoiceId}` };
  if (kind === 'client') return { ...shown, path: PAGES.invoices.path, search: { text: [title] } };
  return { ...shown, path: PAGES.audit.path, search: { subject: [id] } };
}

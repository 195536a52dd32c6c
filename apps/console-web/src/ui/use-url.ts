import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { readSearch, type Search, withSearch, writeSearch } from '../search.ts';

const PAGING: Search = { after: [], before: [] };

/** What the address says behind the question mark, and how to change it. */
export interface UrlState {
  readonly search: Search;
  /** Changes filters; goes back to the first page. */
  readonly filter: (changes: Search) => void;
  /** The address of the same page with these changes. */
  readonly href: (changes: Search) => string;
}

/** The state of a page that its address keeps: reload, back and a sent link show the same. */
export function useUrl(): UrlState {
  const text = useSearch();
  const [path, navigate] = useLocation();
  const search = useMemo(() => readSearch(text), [text]);
  const href = useCallback(
    (changes: Search) => `${path}${writeSearch(withSearch(search, changes))}`,
    [path, search],
  );
  const filter = useCallback(
    (changes: Search) => navigate(href({ ...PAGING, ...changes }), { replace: true }),
    [navigate, href],
  );
  return { search, filter, href };
}

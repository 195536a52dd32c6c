import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { PAGES } from '../routes.ts';
import { useHref } from '../ui/link.tsx';
import { useKeys, useSequences } from '../ui/use-keys.ts';
import type { Opened } from './opened.ts';

/** Keys that work on every page: `?`, Ctrl K, and `g` with the key of a page. */
export function useShellKeys(open: (what: Opened) => void): void {
  const [, navigate] = useLocation();
  const href = useHref();
  useSequences();
  const pages = Object.values(PAGES).map(
    ({ key, path }) => [`g ${key}`, () => navigate(href(path))] as const,
  );
  useKeys({ '?': () => open('keys'), ...Object.fromEntries(pages) });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open('palette');
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [open]);
}

import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { PageOf } from '../api/types.ts';
import { en } from '../en.ts';
import { useUrl } from './use-url.ts';

/** Which page a list asks for. */
export interface PageAsked {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** The cursors in the address. */
export function useCursor(): PageAsked {
  const { search } = useUrl();
  return { after: search['after']?.[0], before: search['before']?.[0] };
}

/** The way to newer and older entries; nothing on a list that fits on one page. */
export function Pager({ page }: { readonly page: PageOf<unknown> }): ReactNode {
  const { href, search } = useUrl();
  const { next, previous } = page;
  const isFirst = search['after'] === undefined && search['before'] === undefined;
  if (next === null && isFirst) return null;
  return (
    <nav className="pager" aria-label={en.pages}>
      {isFirst ? null : (
        <Link className="button" href={href({ before: [], after: [] })}>
          {en.newest}
        </Link>
      )}
      {isFirst || previous === null ? null : (
        <Link className="button" href={href({ before: [previous], after: [] })}>
          {en.newer}
        </Link>
      )}
      {next === null ? null : (
        <Link className="button" href={href({ after: [next], before: [] })}>
          {en.older}
        </Link>
      )}
    </nav>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { statusQuery } from '../api/queries.ts';
import type { Status } from '../api/types.ts';
import { counted } from '../en.ts';
import { PAGES, type PageName } from '../routes.ts';
import { useSigned } from '../session.tsx';
import { Icon } from '../ui/icons.tsx';
import { To } from '../ui/link.tsx';

/** What waits for people on a page. */
const WAITING: Partial<Record<PageName, (status: Status) => number>> = {
  reviews: ({ reviewsOpen }) => reviewsOpen,
  deadLetters: ({ deadLetters }) => deadLetters,
};

/** The way to every page, with what waits there. */
export function Nav({ onGo }: { readonly onGo: () => void }): ReactNode {
  const [path] = useLocation();
  const { business } = useSigned();
  const { data: status } = useQuery({ ...statusQuery(business?.slug ?? ''), enabled: business !== null });
  const names = Object.keys(PAGES) as PageName[];
  return (
    <nav className="side" id="nav" aria-label="Pages">
      <ul>
        {names.map((name) => (
          <li key={name}>
            <To
              to={PAGES[name].path}
              onClick={onGo}
              aria-current={isWithin(path, PAGES[name].path) ? 'page' : undefined}
            >
              <Icon name={name} />
              <span>{PAGES[name].title}</span>
              <Count count={status === undefined ? 0 : (WAITING[name]?.(status) ?? 0)} />
            </To>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isWithin(path: string, page: string): boolean {
  return page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`);
}

function Count({ count }: { readonly count: number }): ReactNode {
  if (count === 0) return null;
  return (
    <span className="count" aria-label={counted(count, 'waits', 'wait')}>
      {count}
    </span>
  );
}

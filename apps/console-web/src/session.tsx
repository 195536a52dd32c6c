import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useMemo, useState } from 'react';
import { api, read, useToken as keepToken } from './api/client.ts';
import type { Role, Session } from './api/types.ts';
import { one, readSearch } from './search.ts';
import { useSearch } from 'wouter';
import { keep, kept } from './kept.ts';

/** One business the person is in. */
export interface Business {
  readonly slug: string;
  readonly displayName: string;
  readonly timezone: string;
  readonly may: (role: Role) => boolean;
}

interface Signed {
  readonly session: Session;
  readonly businesses: readonly Business[];
  /** The one that is looked at; null when there is none yet. */
  readonly business: Business | null;
  readonly choose: (slug: string) => void;
}

const SignedContext = createContext<Signed | null>(null);
const SESSION_STALE_MS = 60_000;

/** Who is signed in, read from the API. */
export function useSessionQuery() {
  return useQuery({
    queryKey: ['session'],
    staleTime: SESSION_STALE_MS,
    queryFn: async () => {
      const session = await read<Session>(api.GET('/session'));
      keepToken(session.csrfToken);
      return session;
    },
  });
}

const allows = (roles: readonly Role[], role: Role): boolean =>
  roles.includes('admin') || roles.includes(role) || (role === 'viewer' && roles.length > 0);

/** Gives everything below it the session and the business that is looked at. */
export function SignedIn({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  const [chosen, setChosen] = useState(kept('business'));
  const asked = one(readSearch(useSearch()), 'business');
  const value = useMemo<Signed>(() => {
    const businesses = session.businesses.map(({ business: slug, displayName, timezone, roles }) => ({
      slug,
      displayName,
      timezone,
      may: (role: Role) => allows([...roles, ...session.everywhere], role),
    }));
    const found = businesses.find(({ slug }) => slug === (asked ?? chosen)) ?? businesses[0] ?? null;
    const choose = (slug: string): void => {
      keep('business', slug);
      setChosen(slug);
    };
    return { session, businesses, business: found, choose };
  }, [session, chosen, asked]);
  return <SignedContext value={value}>{children}</SignedContext>;
}

/** The session. Only below `SignedIn`. */
export function useSigned(): Signed {
  const signed = use(SignedContext);
  if (signed === null) throw new Error('useSigned is called outside SignedIn');
  return signed;
}

/** The business that is looked at. Only on pages of a business. */
export function useBusiness(): Business {
  const { business } = useSigned();
  if (business === null) throw new Error('there is no business: the shell shows no page then');
  return business;
}

/** Whether the person has the role in every business, those to come included. */
export function mayEverywhere({ everywhere }: Session, role: Role): boolean {
  return allows(everywhere, role);
}

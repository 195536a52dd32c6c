import { type ReactNode, useEffect, useState } from 'react';
import { onSignedOut } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';

/** The page stays, with whatever was typed into it; only asking goes on after signing in again. */
export function SignedOutBar(): ReactNode {
  const [isOut, setOut] = useState(false);
  useEffect(
    () =>
      onSignedOut(() => {
        setOut(true);
        void queryClient.cancelQueries();
      }),
    [],
  );
  if (!isOut) return null;
  const to = `/sign-in?to=${encodeURIComponent(`${location.pathname}${location.search}`)}`;
  return (
    <div className="notice is-bad" role="alert">
      You are signed out. Nothing on this page is lost. <a href={to}>Sign in again</a>
    </div>
  );
}

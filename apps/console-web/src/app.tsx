import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { queryClient } from './api/queries.ts';
import { NotFound } from './pages/not-found.tsx';
import { ROUTES } from './pages/pages.tsx';
import { SignedIn, useSessionQuery } from './session.tsx';
import { NoBusiness } from './shell/no-business.tsx';
import { Shell } from './shell/shell.tsx';
import { Failed, Skeleton } from './ui/loaded.tsx';
import { useSigned } from './session.tsx';

/** The console. */
export function App(): ReactNode {
  return (
    <QueryClientProvider client={queryClient}>
      <Gate />
    </QueryClientProvider>
  );
}

/** Nothing is shown before it is known who looks. */
function Gate(): ReactNode {
  const { data, error, refetch } = useSessionQuery();
  if (data !== undefined)
    return (
      <SignedIn session={data}>
        <Shell>
          <Pages />
        </Shell>
      </SignedIn>
    );
  return (
    <main className="content is-alone">
      {error === null ? <Skeleton shape="card" /> : <Failed error={error} onRetry={() => void refetch()} />}
    </main>
  );
}

function Pages(): ReactNode {
  const { business } = useSigned();
  if (business === null) return <NoBusiness />;
  return (
    <Suspense fallback={<Skeleton shape="list" />}>
      <Switch>
        {ROUTES.map(({ path, page: Page }) => (
          <Route key={path} path={path}>
            {(params) => (
              <Page key={business.slug} id={(params as Record<string, string | undefined>)['id'] ?? null} />
            )}
          </Route>
        ))}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Suspense>
  );
}

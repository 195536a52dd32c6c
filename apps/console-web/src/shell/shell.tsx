import { type ReactNode, Suspense, lazy, useState } from 'react';
import { Announcer } from '../ui/announcer.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { Nav } from './nav.tsx';
import type { Opened } from './opened.ts';
import { SignedOutBar } from './signed-out-bar.tsx';
import { Top } from './top.tsx';
import { useShellKeys } from './use-shell-keys.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const KeyHelp = lazy(async () => ({ default: (await import('./key-help.tsx')).KeyHelp }));

/** The frame of every page: the way to all others, search, who is signed in. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const [opened, open] = useState<Opened>(null);
  useShellKeys(open);
  const close = (): void => open(null);
  return (
    <div className={opened === 'nav' ? 'shell is-nav-open' : 'shell'}>
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <Top onOpen={open} isNavOpen={opened === 'nav'} />
      <Nav onGo={close} />
      <main className="content" id="content" tabIndex={-1}>
        <SignedOutBar />
        {children}
      </main>
      <Toasts />
      <Announcer />
      <Suspense>
        {opened === 'palette' ? <Palette onClose={close} /> : null}
        {opened === 'keys' ? <KeyHelp onClose={close} /> : null}
      </Suspense>
    </div>
  );
}

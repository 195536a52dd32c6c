import type { ReactNode } from 'react';
import { PAGES } from '../../routes.ts';
import { useBusiness } from '../../session.tsx';
import { To } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import type { PageProps } from '../page-props.ts';
import { MySettings } from './my-settings.tsx';
import { PeopleSettings } from './people-settings.tsx';
import { TokenSettings } from './token-settings.tsx';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly isForAdmins: boolean;
  readonly show: () => ReactNode;
}

const TABS: readonly Tab[] = [
  { id: 'me', title: 'My account', isForAdmins: false, show: () => <MySettings /> },
  { id: 'people', title: 'People', isForAdmins: true, show: () => <PeopleSettings /> },
  { id: 'tokens', title: 'API tokens', isForAdmins: true, show: () => <TokenSettings /> },
];

/** Who may do what, and one's own account. */
export function SettingsPage({ id }: PageProps): ReactNode {
  const isAdmin = useBusiness().may('admin');
  const tabs = TABS.filter(({ isForAdmins }) => isAdmin || !isForAdmins);
  const tab = tabs.find((each) => each.id === (id ?? 'me')) ?? tabs[0];
  return (
    <Page title="Settings">
      <nav className="tabs" aria-label="Settings">
        {tabs.map((each) => (
          <To
            key={each.id}
            to={`${PAGES.settings.path}/${each.id}`}
            aria-current={each === tab ? 'page' : undefined}
          >
            {each.title}
          </To>
        ))}
      </nav>
      {tab?.show()}
    </Page>
  );
}

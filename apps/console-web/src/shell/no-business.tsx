import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/loaded.tsx';

/** Before there is a business to look at. */
export function NoBusiness(): ReactNode {
  return (
    <Page title="No business yet">
      <Empty title="You are in no business.">
        <p>
          Who runs the deployment brings one in from a file: <code>mlc apply -f business.json</code>. If there
          is one already, ask its admin for a role.
        </p>
      </Empty>
    </Page>
  );
}

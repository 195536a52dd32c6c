import type { ReactNode } from 'react';
import { PAGES } from '../routes.ts';
import { To } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';

/** An address that leads nowhere. */
export function NotFound(): ReactNode {
  return (
    <Page title="There is no such page" lead="The address may be mistyped, or belong to another version.">
      <p>
        <To to={PAGES.reviews.path}>To the reviews</To>
      </p>
    </Page>
  );
}

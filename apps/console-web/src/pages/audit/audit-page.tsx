import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { auditQuery } from '../../api/queries.ts';
import type { AuditEntry, PageOf } from '../../api/types.ts';
import { one } from '../../search.ts';
import { useBusiness } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ClearFilters, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager, useCursor } from '../../ui/pager.tsx';
import { Time } from '../../ui/time.tsx';
import { useUrl } from '../../ui/use-url.ts';
import { AuditDrawer } from './audit-drawer.tsx';
import { actionText, whyText } from './sentence.ts';

const FILTERS = ['subject', 'actor', 'action', 'correlationId'];

/** Who did what. */
export function AuditPage(): ReactNode {
  const { slug: business } = useBusiness();
  const { search } = useUrl();
  const asked = {
    business,
    actor: listOf(one(search, 'actor')),
    action: listOf(one(search, 'action')),
    subject: one(search, 'subject'),
    correlationId: one(search, 'correlationId'),
    ...useCursor(),
  };
  const query = useQuery(auditQuery(asked));
  return (
    <Page
      title="Audit"
      lead="Who did what, and why. Entries are chained: none can be changed or taken out unseen."
    >
      <FilterBar>
        <TextFilter name="subject" label="About (id)" placeholder="About: invoice, payment or other id" />
        <TextFilter name="actor" label="By" placeholder="By: e-mail or system" />
        <TextFilter name="correlationId" label="Story" placeholder="Story: correlation id" />
        <ClearFilters names={FILTERS} />
      </FilterBar>
      <Loaded query={query}>{(page) => <Entries page={page} />}</Loaded>
    </Page>
  );
}

function listOf(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value];
}

function Entries({ page }: { readonly page: PageOf<AuditEntry> }): ReactNode {
  const [shown, show] = useState<AuditEntry | null>(null);
  if (page.items.length === 0) return <Empty title="Nothing fits." />;
  const columns: readonly Column<AuditEntry>[] = [
    {
      name: 'What',
      cell: (entry) => (
        <button type="button" className="link" data-opens onClick={() => show(entry)}>
          {actionText(entry.action)}
        </button>
      ),
    },
    { name: 'About', cell: ({ subject }) => <Subject subject={subject} /> },
    { name: 'Why', cell: (entry) => <span className="clip">{whyText(entry)}</span> },
    { name: 'By', cell: ({ actor }) => actor },
    { name: 'When', cell: ({ at }) => <Time at={at} /> },
    { name: 'No.', cell: ({ seq }) => seq, isNumber: true },
  ];
  return (
    <>
      <DataTable
        caption="Audit entries"
        rows={page.items}
        columns={columns}
        keyOf={({ seq }) => String(seq)}
      />
      <Pager page={page} />
      {shown === null ? null : <AuditDrawer entry={shown} onClose={() => show(null)} />}
    </>
  );
}

function Subject({ subject: { type, id } }: Pick<AuditEntry, 'subject'>): ReactNode {
  const isLong = /^[0-9a-f-]{36}$/.test(id);
  return (
    <>
      {type} <code title={isLong ? id : undefined}>{isLong ? id.slice(0, 8) : id}</code>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { invoicesQuery } from '../../api/queries.ts';
import type { Invoice, PageOf } from '../../api/types.ts';
import { dayText } from '../../format/time.ts';
import { PAGES } from '../../routes.ts';
import { among, one } from '../../search.ts';
import { useBusiness } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ChoiceFilter, ClearFilters, FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Money } from '../../ui/money.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager, useCursor } from '../../ui/pager.tsx';
import { Time } from '../../ui/time.tsx';
import { useUrl } from '../../ui/use-url.ts';
import { InvoiceState } from './invoice-state.tsx';
import { STATE_OPTIONS } from './states.ts';

const STATES = STATE_OPTIONS.map(([state]) => state);
const FILTERS = ['state', 'text'];

const COLUMNS: readonly Column<Invoice>[] = [
  { name: 'Number', cell: ({ number }) => number },
  { name: 'Client', cell: ({ clientName, clientId }) => clientName ?? clientId },
  { name: 'State', cell: (invoice) => <InvoiceState invoice={invoice} /> },
  {
    name: 'Amount',
    cell: ({ amountMinor, currency }) => <Money minor={amountMinor} currency={currency} />,
    isNumber: true,
  },
  {
    name: 'Outstanding',
    cell: ({ outstandingMinor, currency }) => <Money minor={outstandingMinor} currency={currency} />,
    isNumber: true,
  },
  { name: 'Due', cell: ({ due }) => (due === null ? '–' : <span className="one-line">{dayText(due)}</span>) },
  { name: 'Changed', cell: ({ touchedAt }) => <Time at={touchedAt} /> },
];

/** What happens to each invoice. */
export function InvoicesPage(): ReactNode {
  const { slug: business } = useBusiness();
  const { search } = useUrl();
  const asked = {
    business,
    state: among(search, 'state', STATES),
    text: one(search, 'text'),
    ...useCursor(),
  };
  const query = useQuery(invoicesQuery(asked));
  return (
    <Page title="Invoices" lead="What happens to each invoice, and why.">
      <FilterBar>
        <TextFilter name="text" label="Find" placeholder="Number, client or payment id" />
        <ChoiceFilter name="state" label="State" options={STATE_OPTIONS} />
        <ClearFilters names={FILTERS} />
      </FilterBar>
      <Loaded query={query}>
        {(page) => (
          <Invoices page={page} isNarrowed={asked.state !== undefined || asked.text !== undefined} />
        )}
      </Loaded>
    </Page>
  );
}

function Invoices({
  page,
  isNarrowed,
}: {
  readonly page: PageOf<Invoice>;
  readonly isNarrowed: boolean;
}): ReactNode {
  if (page.items.length === 0)
    return isNarrowed ? (
      <Empty title="No invoice fits." />
    ) : (
      <Empty title="No invoice was seen yet.">
        <p className="quiet">They appear when FreshBooks tells of them, or at the next look.</p>
      </Empty>
    );
  return (
    <>
      <DataTable
        caption="Invoices"
        rows={page.items}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        pathOf={({ id }) => `${PAGES.invoices.path}/${id}`}
      />
      <Pager page={page} />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cashFlowQuery } from '../../api/queries.ts';
import type { CashFlow } from '../../api/types.ts';
import { counted } from '../../en.ts';
import { dayText } from '../../format/time.ts';
import { PAGES } from '../../routes.ts';
import { one } from '../../search.ts';
import { useBusiness } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ClearFilters, DayFilter, FilterBar } from '../../ui/filter-bar.tsx';
import { To } from '../../ui/link.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Money } from '../../ui/money.tsx';
import { Page } from '../../ui/page.tsx';
import { useUrl } from '../../ui/use-url.ts';
import { Bars } from './bars.tsx';
import { csvOf } from './csv.ts';
import { everyDay } from './scale.ts';

type Day = CashFlow['days'][number];

const COLUMNS: readonly Column<Day>[] = [
  { name: 'Day', cell: ({ date }) => <span className="one-line">{dayText(date)}</span> },
  { name: 'Made of', cell: ({ debits, arrivals }) => madeOf(debits, arrivals) },
  {
    name: 'Expected',
    cell: ({ expectedMinor, currency }) => <Money minor={expectedMinor} currency={currency} />,
    isNumber: true,
  },
  {
    name: 'Arrived',
    cell: ({ arrivedMinor, currency }) => <Money minor={arrivedMinor} currency={currency} />,
    isNumber: true,
  },
  {
    name: 'Difference',
    cell: ({ expectedMinor, arrivedMinor, currency }) => (
      <Money minor={arrivedMinor - expectedMinor} currency={currency} />
    ),
    isNumber: true,
  },
];

function madeOf(debits: number, arrivals: number): string {
  const parts = [
    debits > 0 ? counted(debits, 'debit') : null,
    arrivals > 0 ? counted(arrivals, 'arrival') : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** When what comes, and whether it did. */
export function CashFlowPage(): ReactNode {
  const { slug: business } = useBusiness();
  const { search } = useUrl();
  const query = useQuery(cashFlowQuery({ business, from: one(search, 'from'), to: one(search, 'to') }));
  const { data } = query;
  return (
    <Page
      title="Cash flow"
      lead={
        data === undefined
          ? 'When does what come, and did it?'
          : `${dayText(data.from)} to ${dayText(data.to)}`
      }
      action={data === undefined || data.days.length === 0 ? undefined : <Download flow={data} />}
    >
      <FilterBar>
        <DayFilter name="from" label="From" />
        <DayFilter name="to" label="To" />
        <ClearFilters names={['from', 'to']} />
      </FilterBar>
      <Loaded query={query}>{(flow) => <Flow flow={flow} />}</Loaded>
    </Page>
  );
}

function Download({ flow }: { readonly flow: CashFlow }): ReactNode {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([csvOf(flow.days)], { type: 'text/csv' }));
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: `cash-flow-${flow.from}.csv`,
    });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" className="button is-primary" onClick={save}>
      Download CSV
    </button>
  );
}

function Flow({ flow: { days, accuracy, today, from, to } }: { readonly flow: CashFlow }): ReactNode {
  const currencies = [...new Set(days.map(({ currency }) => currency))];
  if (currencies.length === 0)
    return (
      <Empty title="Nothing is being collected in these days.">
        <p>
          <To to={PAGES.invoices.path}>See the invoices</To>
        </p>
      </Empty>
    );
  return currencies.map((currency) => {
    const own = days.filter((day) => day.currency === currency);
    return (
      <section key={currency} aria-label={currency}>
        <div className="panel">
          <h2>{currency}</h2>
          <Bars days={everyDay(own, from, to)} currency={currency} today={today} />
          <Accuracy accuracy={accuracy.find((each) => each.currency === currency)} />
        </div>
        <DataTable caption={`Days, ${currency}`} rows={own} columns={COLUMNS} keyOf={({ date }) => date} />
      </section>
    );
  });
}

function Accuracy({ accuracy }: { readonly accuracy: CashFlow['accuracy'][number] | undefined }): ReactNode {
  if (accuracy === undefined || accuracy.arrived === 0) return null;
  const { arrived, onTime, withinTwoDays, overdue } = accuracy;
  const percent = (count: number): string =>
    new Intl.NumberFormat(undefined, { style: 'percent' }).format(count / arrived);
  return (
    <p className="quiet">
      Of what arrived {percent(onTime)} came on the day, {percent(withinTwoDays)} within two.
      {overdue === 0 ? '' : ` ${counted(overdue, 'debit is', 'debits are')} overdue.`}
    </p>
  );
}

import type { ReactNode } from 'react';
import type { InvoiceDetails } from '../../api/types.ts';
import { capital, providerName, words } from '../../en.ts';
import { dayText } from '../../format/time.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Money } from '../../ui/money.tsx';

type Debit = InvoiceDetails['collections'][number];
type Posting = InvoiceDetails['postings'][number];

const day = (date: string | null): string => (date === null ? '–' : dayText(date));

const DEBITS: readonly Column<Debit>[] = [
  {
    name: 'Debit',
    cell: ({ paymentId, attempt }) => <code>{paymentId ?? `attempt ${String(attempt)}`}</code>,
  },
  {
    name: 'State',
    cell: ({ state, willAttemptRetry }) =>
      `${capital(words(state))}${willAttemptRetry ? ', tried again' : ''}`,
  },
  { name: 'Charged', cell: ({ chargeDate }) => day(chargeDate) },
  { name: 'Expected', cell: ({ expectedDate }) => day(expectedDate) },
  {
    name: 'Amount',
    cell: ({ amountMinor, currency }) => <Money minor={amountMinor} currency={currency} />,
    isNumber: true,
  },
];

const POSTINGS: readonly Column<Posting>[] = [
  { name: 'Booked', cell: ({ kind }) => capital(words(kind)) },
  {
    name: 'From',
    cell: ({ source }) => (
      <>
        {providerName(source.provider)} <code>{source.id}</code>
      </>
    ),
  },
  { name: 'State', cell: ({ state }) => capital(words(state)) },
  { name: 'Date', cell: ({ date }) => day(date) },
  {
    name: 'Amount',
    cell: ({ amountMinor, currency }) => <Money minor={amountMinor} currency={currency} />,
    isNumber: true,
  },
];

/** Debits and bookings of an invoice. */
export function InvoiceMoney({
  invoice: { collections, postings },
}: {
  readonly invoice: InvoiceDetails;
}): ReactNode {
  return (
    <>
      {collections.length === 0 ? null : (
        <section>
          <h2>Debits</h2>
          <DataTable caption="Debits" rows={collections} columns={DEBITS} keyOf={({ id }) => id} />
        </section>
      )}
      {postings.length === 0 ? null : (
        <section>
          <h2>In the books</h2>
          <DataTable caption="Bookings" rows={postings} columns={POSTINGS} keyOf={({ key }) => key} />
        </section>
      )}
    </>
  );
}

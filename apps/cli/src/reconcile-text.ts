import type { ReportSummary, SummaryRow } from '@mlc/core';
import { amountText } from './amount-text.ts';
import { tableText } from './print.ts';

type Clearing = SummaryRow & { readonly currency: string };

/** Rows of one table on a terminal; the formats have all. */
const ROWS_SHOWN = 50;

/** A month's report for people. */
export async function reconcileLines({ report, sha256 }: ReportSummary): Promise<string[]> {
  const rows = report.currencies.flatMap(({ currency, clearing }) =>
    clearing.map((row): Clearing => ({ ...row, currency })),
  );
  const differing = rows.flatMap(({ provider, currency, differences = [] }) =>
    differences.map((difference) => ({ ...difference, provider, currency })),
  );
  const { seen, done, skipped, parked, dead, inReview } = report.completeness;
  return [
    `${report.business}, ${report.month}`,
    '',
    'Clearing accounts',
    await clearingTable(rows),
    ...rows.flatMap(({ provider, currency, balanceUnprovenWhy: why }) =>
      why === undefined ? [] : [`${provider} ${currency} is not proven by its balance: ${why}`],
    ),
    '',
    'Differences to the providers',
    await shortTable(differing, [
      { title: 'provider', of: ({ provider }) => provider },
      { title: 'id', of: ({ id }) => id },
      { title: 'amount', of: amountText, align: 'right' },
      { title: 'why', of: ({ why }) => why },
    ]),
    '',
    'Open reviews (npx mlc reviews list says why)',
    await shortTable(report.openReviews, [
      { title: 'kind', of: ({ kind }) => kind },
      { title: 'about', of: ({ subject }) => `${subject.provider} ${subject.type} ${subject.id}` },
      { title: 'amount', of: amountText, align: 'right' },
    ]),
    '',
    `Events: ${seen} seen = ${done} done + ${skipped} skipped + ${parked} parked + ${dead} dead + ${inReview} in review`,
    `sha256:${sha256}`,
  ];
}

function clearingTable(rows: readonly Clearing[]): Promise<string> {
  const amount = (title: string, of: (row: Clearing) => number | null) => ({
    title,
    of: (row: Clearing) => {
      const amountMinor = of(row);
      return amountText({ amountMinor, currency: row.currency })?.slice(row.currency.length + 1) ?? 'unknown';
    },
    align: 'right' as const,
  });
  return tableText(rows, [
    { title: 'currency', of: ({ currency }) => currency },
    { title: 'provider', of: ({ provider }) => provider },
    amount('opening', (row) => row.openingMinor),
    amount('+ collected', (row) => row.collectedMinor),
    amount('- reversed', (row) => row.reversedMinor),
    amount('- refunded', (row) => row.refundedMinor),
    amount('- fees', (row) => row.feesMinor),
    amount('- paid out', (row) => row.paidOutMinor),
    amount('+ other', (row) => row.otherMinor),
    amount('= closing', (row) => row.closingMinor),
    amount('at the provider', (row) => row.providerInFlightMinor),
    amount('difference', (row) => row.differenceMinor),
  ]);
}

async function shortTable<Row extends object>(
  rows: readonly Row[],
  columns: Parameters<typeof tableText<Row>>[1],
): Promise<string> {
  const table = await tableText(rows.slice(0, ROWS_SHOWN), columns);
  const more = rows.length - ROWS_SHOWN;
  return more > 0 ? `${table}\n… and ${more} more: --format csv has all` : table;
}

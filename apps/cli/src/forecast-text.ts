import { type Accuracy, type AccuracySummary, type ForecastDay, formatMoney } from '@mlc/core';
import { type Column, tableText } from './print.ts';

/** One day as contract section 6 prints it. */
export function dayLine({ date, currency, expectedMinor, paidMinor }: ForecastDay) {
  return { date, currency, expectedMinor: Number(expectedMinor), paidMinor: Number(paidMinor) };
}

/** One debit and how well it was foreseen, for scripts. */
export function accuracyLine(accuracy: Accuracy) {
  const { paymentId, currency, amountMinor, expectedDate, actualDate, daysLate } = accuracy;
  return { paymentId, currency, amountMinor: Number(amountMinor), expectedDate, actualDate, daysLate };
}

/** Rows of one shape as CSV with a header line; texts are quoted where they need it (RFC 4180, lines end in LF). */
export function csvLines(columns: readonly string[], rows: Iterable<object>): string {
  const cells = (row: object): string =>
    columns
      .map((column) => quoted((row as Readonly<Record<string, string | number | null>>)[column]))
      .join(',');
  return [columns.join(','), ...Array.from(rows, cells)].map((line) => `${line}\n`).join('');
}

function quoted(cell: string | number | null | undefined): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The forecast for people: day by day, then how well the past was foreseen. */
export async function forecastLines(
  days: readonly ForecastDay[],
  summaries: readonly AccuracySummary[],
): Promise<string[]> {
  const table = await tableText(days, [
    { title: 'date', of: ({ date }) => date },
    { title: 'expected', of: (day) => amount(day.expectedMinor, day), align: 'right' },
    { title: 'arrived', of: (day) => amount(day.paidMinor, day), align: 'right' },
  ]);
  return [table, ...(summaries.length === 0 ? [] : ['', ...summaries.map(summaryLine)])];
}

function amount(minor: bigint, { currency }: ForecastDay): string | null {
  return minor === 0n ? null : formatMoney({ minor, currency });
}

/** `GBP: 12 debits arrived, 9 on the day foreseen, 3 later (by 2 days at most); 1 overdue`. */
function summaryLine({
  currency,
  arrived,
  onTime,
  early,
  late,
  daysLateMax,
  overdue,
}: AccuracySummary): string {
  const parts = [
    `${arrived} ${arrived === 1 ? 'debit' : 'debits'} arrived`,
    `${onTime} on the day foreseen`,
    ...(early === 0 ? [] : [`${early} earlier`]),
    ...(late === 0
      ? []
      : [`${late} later (by ${daysLateMax} ${daysLateMax === 1 ? 'day' : 'days'} at most)`]),
  ];
  return `${currency}: ${parts.join(', ')}${overdue === 0 ? '' : `; ${overdue} overdue`}`;
}

/** Columns of the accuracy list for people. */
export const ACCURACY_COLUMNS: readonly Column<Accuracy>[] = [
  { title: 'payment', of: ({ paymentId }) => paymentId },
  {
    title: 'amount',
    of: ({ amountMinor: minor, currency }) => formatMoney({ minor, currency }),
    align: 'right',
  },
  { title: 'expected', of: ({ expectedDate }) => expectedDate },
  { title: 'arrived', of: ({ actualDate }) => actualDate },
  { title: 'days late', of: ({ daysLate }) => daysLate, align: 'right' },
];

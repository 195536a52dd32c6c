import { decimalFromMoney } from '../money/money.ts';
import type { ClearingRow } from './clearing.ts';
import type { Difference } from './differences.ts';
import type { InvoiceLine, PostingLine, ReportFacts, ReviewLine, Transaction } from './report.ts';

/**
 * One table for all kinds of rows: `record` says which, and a row fills the columns it has. So a spreadsheet filters by
 * the first column and never meets a second header.
 */
const COLUMNS = [
  'record', 'date', 'originalDate', 'kind', 'state', 'provider', 'type', 'id', 'key', 'invoiceId',
  'invoiceNumber', 'payoutId', 'debit', 'credit', 'currency', 'amountMinor', 'amount', 'openingMinor', 'collectedMinor',
  'reversedMinor', 'refundedMinor', 'feesMinor', 'paidOutMinor', 'otherMinor', 'closingMinor',
  'providerInFlightMinor', 'differenceMinor', 'count', 'text',
] as const; // prettier-ignore
type Column = (typeof COLUMNS)[number];
type Row = Partial<Record<Column, string | bigint | number | null>>;

/** A text that a spreadsheet would take for a formula (OWASP, "CSV Injection"); a negative number is none. */
const FORMULA = /^(?!-\d+(?:\.\d+)?$)[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/** The report as CSV (RFC 4180 with `\n` as line end), line by line. */
export async function* writeCsv(facts: ReportFacts): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\n`;
  yield line({ record: 'report', date: facts.month, id: facts.business });
  for (const row of await facts.clearing()) {
    yield line(clearing(row));
    for await (const difference of facts.differences(row)) yield line(differing(row, difference));
  }
  for await (const row of facts.transactions()) yield line(transaction(row));
  for await (const row of facts.invoices()) yield line(invoice(row));
  for await (const row of facts.postings()) yield line(posting(row));
  for await (const row of facts.openReviews()) yield line(review(row));
  const { seen, done, skipped, parked, dead, inReview } = await facts.completeness();
  for (const [kind, count] of Object.entries({ seen, done, skipped, parked, dead, inReview }))
    yield line({ record: 'completeness', kind, count });
}

function line(row: Row): string {
  let text = cell(row[COLUMNS[0]]);
  for (let index = 1; index < COLUMNS.length; index += 1) text += `,${cell(row[COLUMNS[index] ?? 'text'])}`;
  return `${text}\n`;
}

function cell(value: string | bigint | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return value.toString();
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Minor units and, for people, the same as a decimal number. */
function amounts(amountMinor: bigint | null, currency: string | null): Row {
  if (amountMinor === null || currency === null) return { currency };
  return { currency, amountMinor, amount: decimalFromMoney({ minor: amountMinor, currency }) };
}

function clearing({ unprovenWhy, balanceUnprovenWhy, ...row }: ClearingRow): Row {
  return { record: 'clearing', ...row, text: unprovenWhy ?? balanceUnprovenWhy ?? null };
}

function differing({ provider, currency }: ClearingRow, { id, amountMinor, why }: Difference): Row {
  return { record: 'difference', provider, id, ...amounts(amountMinor, currency), text: why };
}

function transaction({ date, kind, source, debit, credit, ...rest }: Transaction): Row {
  const { provider, type, id } = source;
  return {
    record: 'transaction',
    date,
    originalDate: rest.originalDates.join(' '),
    kind,
    provider,
    type,
    id,
    key: rest.postingKeys.join(' '),
    invoiceId: rest.invoiceIds.join(' '),
    payoutId: rest.payoutIds.join(' '),
    debit,
    credit,
    ...amounts(rest.amountMinor, rest.currency),
  };
}

function invoice({ postings, ...row }: InvoiceLine): Row {
  return { record: 'invoice', ...row, key: postings.join(' ') };
}

function posting({ key, source, amountMinor, currency, ...row }: PostingLine): Row {
  return { record: 'posting', ...row, key, ...source, ...amounts(amountMinor, currency) };
}

function review({ kind, subject, amountMinor, currency }: ReviewLine): Row {
  return {
    record: 'review',
    kind,
    state: 'open',
    ...subject,
    ...amounts(amountMinor, currency),
  };
}

import type { ClearingRow } from './clearing.ts';
import type { InvoiceLine, PostingLine, ReportFacts, ReviewLine } from './report.ts';

/** What a report's JSON can say. Objects are written in the order of their keys. */
type Value = null | string | number | bigint | readonly Value[] | { readonly [key: string]: Value };

/** JSON without spaces; integers of any size as digits. */
function json(value: Value): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(json).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${json(member)}`)
    .join(',')}}`;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

/** The report R of contract section 6 as JSON on one line, piece by piece. */
export async function* writeJson(facts: ReportFacts): AsyncGenerator<string> {
  yield `{"business":${json(facts.business)},"month":${json(facts.month)},"currencies":[`;
  yield* currencies(facts);
  yield '],"invoices":';
  yield* list(facts.invoices(), invoice);
  yield ',"postings":';
  yield* list(facts.postings(), posting);
  yield ',"openReviews":';
  yield* list(facts.openReviews(), review);
  const { seen, done, skipped, parked, dead, inReview } = await facts.completeness();
  yield `,"completeness":${json({ seen, done, skipped, parked, dead, inReview })}}`;
}

async function* currencies(facts: ReportFacts): AsyncGenerator<string> {
  let current: string | null = null;
  for (const row of await facts.clearing()) {
    if (row.currency === current) yield ',';
    else yield `${current === null ? '' : ']},'}{"currency":${json(row.currency)},"clearing":[`;
    current = row.currency;
    yield* clearing(facts, row);
  }
  if (current !== null) yield ']}';
}

/** `differences` comes last, and only when there are any: so that it can be written as it is read. */
async function* clearing(facts: ReportFacts, row: ClearingRow): AsyncGenerator<string> {
  yield json(columns(row)).slice(0, -1);
  let before = ',"differences":[';
  for await (const { id, amountMinor, why } of facts.differences(row)) {
    yield `${before}${json({ id, amountMinor, why })}`;
    before = ',';
  }
  yield before === ',' ? ']}' : '}';
}

function columns(row: ClearingRow): Value {
  const { provider, openingMinor, collectedMinor, reversedMinor, refundedMinor, feesMinor } = row;
  const { paidOutMinor, otherMinor, closingMinor, providerInFlightMinor, differenceMinor } = row;
  const { balanceUnprovenWhy } = row;
  const movements = { collectedMinor, reversedMinor, refundedMinor, feesMinor, paidOutMinor, otherMinor };
  const note = balanceUnprovenWhy === undefined ? {} : { balanceUnprovenWhy };
  return {
    provider,
    openingMinor,
    ...movements,
    closingMinor,
    providerInFlightMinor,
    differenceMinor,
    ...note,
  };
}

async function* list<Row>(rows: AsyncIterable<Row>, shape: (row: Row) => Value): AsyncGenerator<string> {
  let before = '[';
  for await (const row of rows) {
    yield `${before}${json(shape(row))}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function invoice(line: InvoiceLine): Value {
  const { invoiceId, invoiceNumber, currency, collectedMinor, reversedMinor, refundedMinor, postings } = line;
  return { invoiceId, invoiceNumber, currency, collectedMinor, reversedMinor, refundedMinor, postings };
}

function posting(line: PostingLine): Value {
  const { key, kind, invoiceId, amountMinor, currency, date, originalDate, state } = line;
  const source = { provider: line.source.provider, id: line.source.id };
  return { key, kind, invoiceId, source, amountMinor, currency, date, originalDate, state };
}

function review({ kind, subject, amountMinor, currency }: ReviewLine): Value {
  const { provider, type, id } = subject;
  return { kind, subject: { provider, type, id }, amountMinor, currency };
}

import { textIn } from './fields.ts';
import type { Body } from './fields.ts';
import { malformed, refuse } from './refusal.ts';
import { readTime } from './times.ts';

const DAY_MS = 86_400_000;
const WINDOW_DAYS_MAX = 31;
const PAGE_SIZE_MAX = 500;
const PAGE_SIZE_DEFAULT = 100;
const FIELDS = [
  'transaction_info',
  'payer_info',
  'shipping_info',
  'auction_info',
  'cart_info',
  'incentive_info',
  'store_info',
] as const;

export type SearchField = (typeof FIELDS)[number];

/** A checked `GET /v1/reporting/transactions` (paypal.md 4.4). */
export interface SearchQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly startDate: string;
  readonly endDate: string;
  readonly transactionId: string | null;
  readonly code: string | null;
  readonly status: string | null;
  readonly currency: string | null;
  readonly instrument: string | null;
  /** In minor units, both inclusive. */
  readonly amounts: readonly [number, number] | null;
  readonly isBalanceAffectingOnly: boolean;
  readonly fields: ReadonlySet<SearchField>;
  readonly pageSize: number;
  readonly page: number;
  /** Any optional filter empties `ending_balance`. */
  readonly isFiltered: boolean;
}

export function readSearchQuery(query: Body): SearchQuery {
  const [startDate, fromMs] = date(query, 'start_date');
  const [endDate, toMs] = date(query, 'end_date');
  if (toMs < fromMs) throw bad('end_date', endDate, 'Start date must be before end date');
  if (toMs - fromMs > WINDOW_DAYS_MAX * DAY_MS)
    throw bad('end_date', endDate, 'Date range is greater than 31 days');
  const filters = {
    transactionId: matching(query, 'transaction_id', /^[A-Za-z0-9]{17,19}$/),
    code: matching(query, 'transaction_type', /^[A-Za-z0-9]{5}$/),
    status: matching(query, 'transaction_status', /^[DPSV]$/),
    currency: matching(query, 'transaction_currency', /^[A-Z]{3}$/),
    instrument: matching(query, 'payment_instrument_type', /^(CREDITCARD|DEBITCARD)$/),
    amounts: amounts(query),
  };
  return {
    ...filters,
    fromMs,
    toMs,
    startDate,
    endDate,
    isBalanceAffectingOnly: (matching(query, 'balance_affecting_records_only', /^[YN]$/) ?? 'Y') === 'Y',
    fields: fields(query),
    pageSize: whole(query, 'page_size', PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX),
    page: whole(query, 'page', 1, 2_147_483_647),
    isFiltered: Object.values(filters).some((filter) => filter !== null),
  };
}

function bad(field: string, value: string, issue: string): Error {
  return malformed(issue, { field, value, location: 'query' });
}

function date(query: Body, name: string): [text: string, at: number] {
  const value = textIn(query, name);
  if (value === undefined) throw malformed('MISSING_REQUIRED_PARAMETER', { field: name, location: 'query' });
  // A `+` that was not encoded arrives as a space.
  const at = readTime(value);
  if (at === undefined) throw bad(name, value, 'Invalid date passed');
  return [value, at];
}

function matching(query: Body, name: string, pattern: RegExp): string | null {
  const value = textIn(query, name);
  if (value !== undefined && !pattern.test(value)) throw bad(name, value, 'INVALID_PARAMETER_SYNTAX');
  return value ?? null;
}

/** `[500 TO 1005]`, in minor units. */
function amounts(query: Body): readonly [number, number] | null {
  const value = textIn(query, 'transaction_amount');
  if (value === undefined) return null;
  const range = /^\[(\d+) TO (\d+)\]$/.exec(value);
  if (range === null) throw bad('transaction_amount', value, 'INVALID_PARAMETER_SYNTAX');
  return [Number(range[1]), Number(range[2])];
}

function fields(query: Body): ReadonlySet<SearchField> {
  const value = textIn(query, 'fields') ?? 'transaction_info';
  if (value === 'all') return new Set(FIELDS);
  const wanted = value.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !FIELDS.some((field) => field === name));
  if (unknown !== undefined) throw bad('fields', value, 'INVALID_PARAMETER_VALUE');
  return new Set(FIELDS.filter((field) => wanted.includes(field)));
}

function whole(query: Body, name: string, usual: number, max: number): number {
  const value = textIn(query, name);
  if (value === undefined) return usual;
  if (/^\d{1,10}$/.test(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
  throw bad(name, value, 'INVALID_PARAMETER_VALUE');
}

/** Older than three years, or later than what the report knows: an error, not an empty answer. */
export function refuseUnavailable(status: 400 | 404): Error {
  return refuse('INVALID_REQUEST', [], {
    status,
    message: 'Data for the given start date is not available.',
  });
}

import { isDate } from './calendar.ts';
import { Refusal, apiUsage, validationFailed } from './refusal.ts';
import type { Row } from './wire.ts';

export type Query = Readonly<Record<string, string>>;

/** How one resource may be listed (gocardless.md 1.4, 1.5). */
export interface Listing<T extends Row> {
  /** Oldest first. */
  readonly rows: () => T[];
  /** Filter name → does this row pass for that value. */
  readonly filters: Readonly<Record<string, (row: T, value: string) => boolean>>;
  /** Fields with `[gt] [gte] [lt] [lte]`. */
  readonly ranges?: readonly string[];
  /** Filters written `name[key]=value`. */
  readonly maps?: Readonly<Record<string, (row: T, key: string, value: string) => boolean>>;
  readonly sortFields?: readonly string[];
  /** Filters that need another one beside them. */
  readonly requires?: Readonly<Record<string, string>>;
  /** Filters that exclude each other. */
  readonly exclusive?: readonly (readonly [string, string])[];
}

export interface Page<T> {
  readonly rows: T[];
  readonly meta: { cursors: { before: string | null; after: string | null }; limit: number };
}

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 500;
const PAGING = ['limit', 'after', 'before', 'sort_field', 'sort_direction'];

/** One page, newest first unless sorted. Throws a refusal for filters the resource does not have. */
export function listPage<T extends Row>(listing: Listing<T>, query: Query): Page<T> {
  checkCombination(listing, query);
  const ordered = sorted(listing.rows().reverse(), listing, query);
  const tests = Object.entries(query)
    .filter(([name]) => !PAGING.includes(name))
    .map(([name, value]) => filterFor(listing, name, value));
  const kept = ordered.filter((row) => tests.every((passes) => passes(row)));
  return cut(kept, ordered, query);
}

/** For filters that take several values, comma-joined. */
export function among(value: string, field: string): boolean {
  return value.split(',').includes(field);
}

function checkCombination(
  { exclusive = [], requires = {} }: Pick<Listing<Row>, 'exclusive' | 'requires'>,
  query: Query,
): void {
  for (const [one, other] of exclusive) {
    if (query[one] !== undefined && query[other] !== undefined)
      throw invalidFilters(`${one} and ${other} exclude each other`);
  }
  for (const [one, other] of Object.entries(requires)) {
    if (query[one] !== undefined && query[other] === undefined) throw invalidFilters(`${one} needs ${other}`);
  }
}

function filterFor<T extends Row>(listing: Listing<T>, name: string, value: string): (row: T) => boolean {
  const range = /^(\w+)\[(gt|gte|lt|lte)\]$/.exec(name);
  if (range?.[1] !== undefined && listing.ranges?.includes(range[1]) === true)
    return inRange(range[1], range[2], value);
  const entry = /^(\w+)\[([^\]]+)\]$/.exec(name);
  const [, field = '', key = ''] = entry ?? [];
  const inMap = listing.maps?.[field];
  if (inMap !== undefined) return (row) => inMap(row, key, value);
  const filter = Object.hasOwn(listing.filters, name) ? listing.filters[name] : undefined;
  if (filter === undefined) throw invalidFilters(`unknown filter ${name}`);
  return (row) => filter(row, value);
}

function inRange(field: string, bound: string | undefined, value: string): (row: Row) => boolean {
  const isTime = field.endsWith('_at');
  if (isTime ? Number.isNaN(Date.parse(value)) : !isDate(value))
    throw invalidFilters(`${field} is not a valid date`);
  const limit = Date.parse(value);
  return (row) => {
    const own = Date.parse(String((row as unknown as Record<string, unknown>)[field]));
    if (bound === 'gt') return own > limit;
    if (bound === 'gte') return own >= limit;
    return bound === 'lt' ? own < limit : own <= limit;
  };
}

function sorted<T extends Row>(rows: T[], { sortFields = [] }: Listing<T>, query: Query): T[] {
  const field = query['sort_field'];
  const ascending = query['sort_direction'] === 'asc';
  if (field === undefined) return query['sort_direction'] === undefined || !ascending ? rows : rows.reverse();
  if (!sortFields.includes(field)) throw invalidFilters(`unknown sort_field ${field}`);
  const keyOf = (row: T): unknown =>
    (row as unknown as Record<string, unknown>)[field === 'name' ? 'family_name' : field];
  return rows.sort((one, other) => (ascending ? 1 : -1) * compare(keyOf(one), keyOf(other)));
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [one, other].map((value) => (typeof value === 'string' ? value : ''));
  if (left === right) return 0;
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** A cursor stays good when its row no longer passes the filters: places are counted over all rows. */
function cut<T extends Row>(kept: T[], all: readonly T[], query: Query): Page<T> {
  const limit = readLimit(query['limit']);
  const places = new Map(all.map((row, place) => [row.id, place]));
  const placeOf = (id: string): number => {
    const place = places.get(id);
    if (place === undefined) throw invalidFilters(`no such cursor ${id}`);
    return place;
  };
  const { after, before } = query;
  const window =
    after !== undefined
      ? kept.filter((row) => placeOf(row.id) > placeOf(after))
      : kept.filter((row) => before === undefined || placeOf(row.id) < placeOf(before));
  const rows = before !== undefined && after === undefined ? window.slice(-limit) : window.slice(0, limit);
  return { rows, meta: { cursors: cursorsOf(rows, kept), limit } };
}

function cursorsOf(
  page: readonly Row[],
  kept: readonly Row[],
): { before: string | null; after: string | null } {
  const [first, last] = [page[0], page.at(-1)];
  return {
    before: first === undefined || first === kept[0] ? null : first.id,
    after: last === undefined || last === kept.at(-1) ? null : last.id,
  };
}

/** What the real one answers to limit=501 is not known; a validation failure is the likeliest (section 8). */
function readLimit(value: string | undefined): number {
  if (value === undefined) return LIMIT_DEFAULT;
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw validationFailed([
    { field: 'limit', message: `must be between 1 and ${LIMIT_MAX}`, request_pointer: '/limit' },
  ]);
}

function invalidFilters(message: string): Refusal {
  return apiUsage(400, 'invalid_filters', message);
}

import { decimalToCents, readDecimal } from './amounts.ts';
import type { Cents } from './amounts.ts';
import { newYorkDay } from './new-york.ts';
import type { Query } from './query.ts';

/** Tells whether a row passes one search key with its values. */
export type Filter<Row> = (row: Row, values: readonly string[]) => boolean;

/** The search keys that work. Every other key is ignored without a word (freshbooks.md 2.2). */
export type Filters<Row> = Readonly<Record<string, Filter<Row>>>;

/** How rows are ordered for each `sort` field; other fields are ignored. */
export type Orders<Row> = Readonly<Record<string, (row: Row) => string | number>>;

type Comparable = string | number | bigint;

/** `search[key]=v`: equal, as text. */
export function equal<Row>(read: (row: Row) => string | number | boolean | null): Filter<Row> {
  return (row, values) => String(read(row)) === values.at(-1);
}

/** `search[keys][]=a&search[keys][]=b`: one of them. */
export function oneOf<Row>(read: (row: Row) => string | number | null): Filter<Row> {
  return (row, values) => values.includes(String(read(row)));
}

/** `search[key_like]=v`: contains, whatever the case. */
export function like<Row>(read: (row: Row) => string | null): Filter<Row> {
  return (row, values) => (read(row) ?? '').toLowerCase().includes((values.at(-1) ?? '').toLowerCase());
}

/** `search[key]=true|false`; another value does not filter. */
export function flag<Row>(read: (row: Row) => boolean): Filter<Row> {
  return (row, values) => {
    const wanted = values.at(-1);
    return wanted === 'true' ? read(row) : wanted === 'false' ? !read(row) : true;
  };
}

/** `name_min` and `name_max` on a calendar date. */
export function days<Row>(name: string, read: (row: Row) => string): Filters<Row> {
  return range(name, read, (value) => value.slice(0, 10));
}

/** `updated_min` and `updated_max`: whole days in New York, both ends included. */
export function updatedDays<Row>(read: (row: Row) => number): Filters<Row> {
  return days('updated', (row) => newYorkDay(read(row)));
}

/** `amount_min` and `amount_max`. */
export function amounts<Row>(read: (row: Row) => Cents): Filters<Row> {
  return range('amount', read, (value) => {
    const decimal = readDecimal(value);
    return decimal === null ? null : decimalToCents(decimal);
  });
}

function range<Row, Value extends Comparable>(
  name: string,
  read: (row: Row) => Value,
  parse: (value: string) => Value | null,
): Filters<Row> {
  const bound = (passes: (value: Value, limit: Value) => boolean): Filter<Row> => {
    return (row, values) => {
      const limit = parse(values.at(-1) ?? '');
      return limit === null || passes(read(row), limit);
    };
  };
  return {
    [`${name}_min`]: bound((value, limit) => value >= limit),
    [`${name}_max`]: bound((value, limit) => value <= limit),
  };
}

/** Rows with a visibility: 0 active, 1 deleted, 2 archived. */
interface Visible {
  readonly id: number;
  readonly visState: number;
}

/** Search, default visibility (deleted hidden) and order; newest first unless a known `sort` says otherwise. */
export function select<Row extends Visible>(
  rows: Iterable<Row>,
  query: Query,
  { filters, orders = {} }: { readonly filters: Filters<Row>; readonly orders?: Orders<Row> },
): readonly Row[] {
  const visible = query.search.get('vis_state') ?? ['0', '2'];
  const wanted = [...query.search].flatMap(([key, values]) => {
    const filter = filters[key];
    return filter === undefined ? [] : [(row: Row): boolean => filter(row, values)];
  });
  const kept = [...rows].filter(
    (row) => visible.includes(String(row.visState)) && wanted.every((passes) => passes(row)),
  );
  return kept.sort(orderOf(query.sort, orders));
}

function orderOf<Row extends Visible>(sort: string | null, orders: Orders<Row>): (a: Row, b: Row) => number {
  const [, field = '', direction] = /^(.+)_(asc|desc)$/.exec(sort ?? '') ?? [];
  const read = orders[field];
  if (read === undefined) return (a, b) => b.id - a.id;
  const turn = direction === 'desc' ? -1 : 1;
  return (a, b) => {
    const [left, right] = [read(a), read(b)];
    return (left < right ? -1 : left > right ? 1 : a.id - b.id) * turn;
  };
}

import { Refusal } from './failures.ts';

/** A list or read request's query, freshbooks.md 2.1 and 2.2. */
export interface Query {
  /** 1-based. */
  readonly page: number;
  readonly perPage: number;
  /** `search[key]=value` and `search[key][]=value`, the values of a key in order. */
  readonly search: ReadonlyMap<string, readonly string[]>;
  readonly sort: string | null;
  readonly include: ReadonlySet<string>;
  /** Parameters outside `search`, as the reports take them. */
  readonly flat: ReadonlyMap<string, string>;
}

/** One page of a list as it goes into the envelope. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly page: number;
  readonly pages: number;
  readonly per_page: number;
  readonly total: number;
}

const DEFAULT_PER_PAGE = 15;
const MOST_PER_PAGE = 100;

/** Reads the query of a request's URL. Throws Refusal 1014 or 1013 for a page or page size that is no positive number. */
export function readQuery(url: string): Query {
  const start = url.indexOf('?');
  const params = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  const asked = countOf(params, 'per_page', 1013) ?? DEFAULT_PER_PAGE;
  return {
    page: countOf(params, 'page', 1014) ?? 1,
    perPage: Math.min(asked, MOST_PER_PAGE),
    search: searchOf(params),
    sort: params.get('sort'),
    include: new Set(params.getAll('include[]')),
    flat: new Map(params),
  };
}

function countOf(params: URLSearchParams, name: 'page' | 'per_page', errno: number): number | null {
  const text = params.get(name);
  if (text === null) return null;
  if (name === 'page' && text === '0') return 1;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  const message = `The '${name}' must be a positive integer.`;
  throw new Refusal(422, { errno, message, field: name, object: null, value: text });
}

function searchOf(params: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const search = new Map<string, string[]>();
  for (const [name, value] of params) {
    const key = /^search\[([^\]]+)\](?:\[\])?$/.exec(name)?.[1];
    if (key !== undefined) search.set(key, [...(search.get(key) ?? []), value]);
  }
  return search;
}

/** Cuts a page out of all rows: past the end is empty, nothing at all has 0 pages. */
export function pageOf<Row>(rows: readonly Row[], { page, perPage }: Query): Page<Row> {
  const from = (page - 1) * perPage;
  return {
    rows: rows.slice(from, from + perPage),
    page,
    pages: Math.ceil(rows.length / perPage),
    per_page: perPage,
    total: rows.length,
  };
}

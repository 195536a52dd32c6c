import type { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import type { FreshBooksClient } from './client.ts';
import { pageOf, type Page } from './schema.ts';

/** A list to be read to its end. */
export interface Listing<T> {
  readonly operation: string;
  readonly path: string;
  /** The list's key in the answer, e.g. `payments`; several where it is not certain. */
  readonly name: string | readonly string[];
  /** `search[…]` conditions. FreshBooks ignores keys it does not know, so `keep` has to check them again. */
  readonly search: Readonly<Record<string, string>>;
  readonly row: z.ZodType<T>;
  readonly idOf: (row: T) => string;
  readonly keep: (row: T) => boolean;
  /** As in `FreshBooksCall`. */
  readonly optional?: boolean;
}

/** More is silently capped (freshbooks.md 2.1). */
const ROWS_PER_PAGE = 100;
/** A million rows: beyond it the list is taken for endless. */
const MAX_CALLS = 10_000;
/** A list that keeps shrinking would otherwise be read backwards for ever. */
const MAX_STEPS_BACK = 20;

function fetchPage<T>(client: FreshBooksClient, listing: Listing<T>, page: number): Promise<Page<T>> {
  const search = Object.entries(listing.search).map(([key, value]) => [`search[${key}]`, value] as const);
  return client.send({
    operation: listing.operation,
    method: 'GET',
    path: listing.path,
    query: [...search, ['page', String(page)], ['per_page', String(ROWS_PER_PAGE)]],
    answer: pageOf(listing.name, listing.row),
    optional: listing.optional === true,
  });
}

/** True when no page follows: nothing came, the last page is reached, or there is no count and the page is not full. */
function isLast<T>(found: Page<T>, asked: number): boolean {
  if (found.rows.length === 0) return true;
  if (found.pages !== null) return asked >= found.pages;
  return found.rows.length < (found.perPage ?? ROWS_PER_PAGE);
}

/**
 * How many pages to go back. There are no cursors: when rows leave the list between two pages, those behind them move
 * up, and as many as left would be skipped.
 */
function stepBack<T>(before: Page<T> | null, found: Page<T>): number {
  const gone = (before?.total ?? 0) - (found.total ?? before?.total ?? 0);
  return gone <= 0 ? 0 : Math.ceil(gone / (found.perPage ?? ROWS_PER_PAGE));
}

/** Rows that no earlier page had, and that are wanted. */
function unseen<T>(rows: readonly T[], { idOf, keep }: Listing<T>, seen: Set<string>): T[] {
  const fresh = rows.filter((row) => {
    const isNew = !seen.has(idOf(row));
    seen.add(idOf(row));
    return isNew;
  });
  return fresh.filter(keep);
}

function refuse<T>(listing: Listing<T>, message: string): never {
  const request = `GET ${listing.path}`;
  const call = { provider: 'freshbooks', operation: listing.operation, write: false, request };
  throw failureOf(call, 'rejected', message, { reason: 'unexpected_answer', field: 'page' });
}

/**
 * Every row of a list that `keep` accepts, once each, page by page, or until a page `isEnough`. Rejects with ConnectorError.
 */
export async function* everyRow<T>(
  client: FreshBooksClient,
  listing: Listing<T>,
  isEnough: (page: Page<T>) => boolean = () => false,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  let before: Page<T> | null = null;
  let page = 1;
  let stepsBack = 0;
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const found: Page<T> = await fetchPage(client, listing, page);
    if (found.rows.length > 0 && found.page !== null && found.page !== page) {
      refuse(listing, `asked for page ${page}, got page ${found.page}`);
    }
    yield* unseen(found.rows, listing, seen);
    if (isEnough(found)) return;
    const back = page === 1 || stepsBack === MAX_STEPS_BACK ? 0 : stepBack(before, found);
    stepsBack += back === 0 ? 0 : 1;
    before = found;
    if (back === 0 && isLast(found, page)) return;
    page = back === 0 ? page + 1 : Math.max(1, page - back);
  }
  refuse(listing, `the list did not end after ${MAX_CALLS} pages`);
}

/** All of them at once, for lists that are short by nature. */
export async function allRows<T>(client: FreshBooksClient, listing: Listing<T>): Promise<readonly T[]> {
  const rows: T[] = [];
  for await (const row of everyRow(client, listing)) rows.push(row);
  return rows;
}

/**
 * The rows of a list that may be too long to be read: `isCut` when there are more than `rowsMax`, and then only some of them
 * were read. FreshBooks says on the first page how many there are.
 */
export async function someRows<T>(
  client: FreshBooksClient,
  listing: Listing<T>,
  rowsMax: number,
): Promise<{ readonly rows: readonly T[]; readonly isCut: boolean }> {
  let read = 0;
  let isCut = false;
  const isEnough = (page: Page<T>): boolean => {
    read += page.rows.length;
    isCut = Math.max(read, page.total ?? 0) > rowsMax;
    return isCut;
  };
  const rows: T[] = [];
  for await (const row of everyRow(client, listing, isEnough)) rows.push(row);
  return { rows, isCut };
}

import type { PaypalTransaction, UnreadableTransaction } from '@mlc/core';
import { z } from 'zod';
import { type CallInWords } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { inWords } from './request.ts';
import type { SearchWindow } from './search-window.ts';
import { moment } from './schema.ts';
import { oneOfEach, readRow } from './transaction-row.ts';

const OPERATION = 'searchTransactions';
const PATH = '/v1/reporting/transactions';
const PAGE_SIZE = 500;
/** More rows than this PayPal does not give for one window (paypal.md 4.4). */
export const ROWS_MAX = 10_000;
/** A list that changes while it is read is read again, so often. */
const REREADS_MAX = 3;

/** What narrows a list, by PayPal's names. */
export type Query = Readonly<Record<string, string>>;

/** The rows of one list, as often as they stand in it. */
export interface ListRead {
  readonly rows: readonly PaypalTransaction[];
  readonly unreadable: readonly UnreadableTransaction[];
  /** The rows as PayPal wrote them, of any status. */
  readonly wire: readonly unknown[];
  /** Up to when PayPal says the list is complete; Infinity when it does not say. */
  readonly refreshedMs: number;
}

/** One page of Transaction Search (paypal.md 4.4). Its rows are read one by one: one that is odd does not hide the others. */
const pageSchema = z.object({
  transaction_details: z.array(z.unknown()).nullish(),
  last_refreshed_datetime: moment.nullish(),
  total_items: z.number().nullish(),
  total_pages: z.number().nullish(),
});
type SearchPage = z.infer<typeof pageSchema>;

/** Whatever its status: by default PayPal lists only what changed the balance (paypal.md 4.4). */
export const EVERYTHING: Query = { balance_affecting_records_only: 'N' };

function isForEverything(list: Query): boolean {
  return list['balance_affecting_records_only'] === 'N';
}

/** Transaction Search as failures tell it. */
export const SEARCH_CALL: CallInWords = inWords({ operation: OPERATION, method: 'GET', path: PATH });

/** Every row of one window. Rows of another status than asked for are left out. Rejects with ConnectorError. */
export async function readList(
  client: PaypalClient,
  window: SearchWindow,
  list: Query,
): Promise<ListRead | 'too-large'> {
  for (let reread = 0; ; reread += 1) {
    const pages = await readPages(client, window, list);
    const [first] = pages;
    if ((first?.total_items ?? 0) > ROWS_MAX) return 'too-large';
    const isWhole = isComplete(pages);
    if (isWhole || reread === REREADS_MAX)
      return { ...rowsOf(pages, list, isWhole), refreshedMs: Math.min(...pages.map(refreshedMsOf)) };
  }
}

function rowsOf(pages: readonly SearchPage[], list: Query, isWhole: boolean): Omit<ListRead, 'refreshedMs'> {
  const wire = pages.flatMap((page) => page.transaction_details ?? []);
  const read = wire.map(readRow);
  const status = list['transaction_status'];
  const rows = read.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
  // What affects the balance is never pending.
  const wanted = rows.filter((row) =>
    status === undefined ? isForEverything(list) || row.status !== 'P' : row.status === status,
  );
  return {
    rows: isWhole ? wanted : oneOfEach(wanted),
    unreadable: read.flatMap((one) => (one.kind === 'unreadable' ? [one.row] : [])),
    wire,
  };
}

/** Pages are 1..total_pages, whatever the parameter's description says (paypal.md 4.4). */
async function readPages(client: PaypalClient, window: SearchWindow, list: Query): Promise<SearchPage[]> {
  const pages: SearchPage[] = [];
  let total = 1;
  for (let page = 1; page <= total; page += 1) {
    const found = await client.send({
      ...outgoing(list, window, page),
      answer: pageSchema,
    });
    pages.push(found);
    if (page === 1) total = Math.min(found.total_pages ?? 1, Math.ceil(ROWS_MAX / PAGE_SIZE));
  }
  return pages;
}

/** Nothing came or went while the pages were read: each row of the list stands on them once. */
function isComplete(pages: readonly SearchPage[]): boolean {
  const [first] = pages;
  const total = first?.total_items ?? null;
  const read = pages.reduce((sum, page) => sum + (page.transaction_details ?? []).length, 0);
  return (total === null || total === read) && pages.every((page) => sameList(page, first));
}

function sameList(page: SearchPage, first: SearchPage | undefined): boolean {
  return page.total_items === first?.total_items && refreshedMsOf(page) === refreshedMsOf(first ?? page);
}

function refreshedMsOf(page: SearchPage): number {
  const { last_refreshed_datetime: refreshedAt } = page;
  return refreshedAt === null || refreshedAt === undefined ? Infinity : Date.parse(refreshedAt);
}

function outgoing(list: Query, window: SearchWindow, page: number) {
  return {
    operation: OPERATION,
    method: 'GET' as const,
    path: PATH,
    query: {
      start_date: toPaypalMoment(window.fromMs),
      end_date: toPaypalMoment(window.toMs),
      fields: 'transaction_info,payer_info',
      ...list,
      page_size: String(PAGE_SIZE),
      page: String(page),
    },
  };
}

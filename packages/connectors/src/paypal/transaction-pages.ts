import type { PaypalTransaction } from '@mlc/core';
import { type CallInWords } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { inWords } from './request.ts';
import type { SearchWindow } from './search-window.ts';
import { pageSchema, type SearchPage, toTransaction } from './transaction-row.ts';

const OPERATION = 'searchTransactions';
const PATH = '/v1/reporting/transactions';
const PAGE_SIZE = 500;
/** More rows than this PayPal does not give for one window (paypal.md 4.4). */
export const ROWS_MAX = 10_000;
/** A list that changes while it is read is read again, so often. */
const REREADS_MAX = 3;

/** What narrows a list, by PayPal's names. */
export type Query = Readonly<Record<string, string>>;

/** The rows of one list, and up to when PayPal says it is complete (Infinity when it does not say). */
export interface ListRead {
  readonly rows: readonly PaypalTransaction[];
  readonly refreshedMs: number;
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
    if (reread < REREADS_MAX && pages.some((page) => !sameList(page, first))) continue;
    const rows = pages
      .flatMap((page) => page.transaction_details ?? [])
      .map(toTransaction)
      .filter((row) => row !== null)
      .filter((row) => list['transaction_status'] === undefined || row.status === list['transaction_status']);
    return { rows, refreshedMs: Math.min(...pages.map(refreshedMsOf)) };
  }
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

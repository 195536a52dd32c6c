import { type Clock, ConnectorError, type PaypalTransaction, TRANSACTION_SEARCH_LAG_MS } from '@mlc/core';
import { failureOf } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { inWords } from './request.ts';
import { halvesOf, type SearchWindow, windowsOf } from './search-window.ts';
import { newestOfEach, pageSchema, type SearchPage, toTransaction } from './transaction-row.ts';

const OPERATION = 'searchTransactions';
const PATH = '/v1/reporting/transactions';
const PAGE_SIZE = 500;
/** More rows than this PayPal does not give for one window (paypal.md 4.4). */
const ROWS_MAX = 10_000;
/** A list that changes while it is read is read again, so often. */
const REREADS_MAX = 3;
/** PayPal keeps three years. */
const KEPT_MS = 3 * 365 * 24 * 60 * 60 * 1000;

type Query = Readonly<Record<string, string>>;

/**
 * By default PayPal lists what changed the balance; payments that are still pending have to be asked for on top, because
 * a later window will not show them once they complete (paypal.md 4.4).
 */
const LISTS: readonly Query[] = [{}, { transaction_status: 'P', balance_affecting_records_only: 'N' }];

/** What a search takes; `told` as in the port. */
export interface Search {
  readonly client: PaypalClient;
  readonly clock: Clock;
  readonly from: string;
  readonly to: string;
  readonly told?: ((completeTo: string) => void) | undefined;
}

interface Read {
  readonly rows: readonly PaypalTransaction[];
  readonly refreshedMs: number;
}

/** Transaction Search as core's port `Captures` describes it. */
export async function* searchTransactions(
  search: Search,
): AsyncGenerator<PaypalTransaction, void, undefined> {
  const { client, clock, told } = search;
  const endMs = Math.min(Date.parse(search.to), clock.now().getTime());
  const ahead = [...windowsOf(Date.parse(search.from), endMs)];
  let completeMs = endMs;
  for (let window = ahead.shift(); window !== undefined; window = ahead.shift()) {
    // Later than PayPal's list reaches: such a question would be refused.
    if (window.fromMs > completeMs) break;
    const read = await readWindow(client, clock, window);
    if (read === 'too-large') {
      ahead.unshift(...split(window));
      continue;
    }
    if (read === 'not-yet') {
      completeMs = Math.min(completeMs, window.fromMs);
      break;
    }
    completeMs = Math.min(completeMs, read.refreshedMs);
    yield* read.rows;
  }
  told?.(toPaypalMoment(completeMs));
}

function split(window: SearchWindow): readonly SearchWindow[] {
  const halves = halvesOf(window);
  if (halves !== null) return halves;
  const moment = toPaypalMoment(window.fromMs);
  throw failureOf(words({}), 'rejected', `more than ${ROWS_MAX} transactions in the second of ${moment}`, {
    reason: 'RESULTSET_TOO_LARGE',
  });
}

async function readWindow(
  client: PaypalClient,
  clock: Clock,
  window: SearchWindow,
): Promise<Read | 'too-large' | 'not-yet'> {
  const rows: PaypalTransaction[] = [];
  let refreshedMs = Infinity;
  try {
    for (const list of LISTS) {
      const read = await readList(client, window, list);
      if (read === 'too-large') return 'too-large';
      rows.push(...read.rows);
      refreshedMs = Math.min(refreshedMs, read.refreshedMs);
    }
  } catch (error) {
    return judge(error, window, clock.now().getTime());
  }
  return { rows: newestOfEach(rows), refreshedMs };
}

/** "Data for the given start date is not available" is no empty list (paypal.md 4.4). */
function judge(error: unknown, { fromMs }: SearchWindow, nowMs: number): 'too-large' | 'not-yet' {
  if (!(error instanceof ConnectorError)) throw error;
  if (error.reason === 'RESULTSET_TOO_LARGE') return 'too-large';
  const unavailable = /start.?date/i.test(error.message) && /not available/i.test(error.message);
  if (!unavailable || fromMs < nowMs - KEPT_MS) throw error;
  if (fromMs >= nowMs - TRANSACTION_SEARCH_LAG_MS) return 'not-yet';
  const since = toPaypalMoment(fromMs);
  throw failureOf(words({}), 'not-ready', `PayPal's transaction list does not reach ${since} yet`, {
    reason: 'search_behind',
    cause: error,
  });
}

async function readList(
  client: PaypalClient,
  window: SearchWindow,
  list: Query,
): Promise<Read | 'too-large'> {
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

function words(query: Query) {
  return inWords({ operation: OPERATION, method: 'GET', path: PATH, query });
}

/** The payer's e-mail of one transaction, for payments that have neither order nor subscription; null when not listed. */
export async function payerInSearch(
  client: PaypalClient,
  clock: Clock,
  transaction: { readonly id: string; readonly createdAt: string },
): Promise<string | null> {
  // The parameter takes 17 to 19 characters (paypal.md 0); anything else is refused.
  if (!/^[A-Za-z0-9]{17,19}$/.test(transaction.id)) return null;
  const atMs = Date.parse(transaction.createdAt);
  const window = {
    fromMs: atMs - AROUND_MS,
    toMs: Math.min(atMs + AROUND_MS, clock.now().getTime()),
  };
  try {
    const list = { transaction_id: transaction.id, balance_affecting_records_only: 'N' };
    const read = await readList(client, window, list);
    if (read === 'too-large') return null;
    const own = read.rows.filter((row) => row.id === transaction.id);
    return own.find((row) => row.payerEmail !== null)?.payerEmail ?? null;
  } catch (error) {
    // The feature may be off, or the list not reach that far yet: the payer is then simply not known.
    if (error instanceof ConnectorError && error.kind === 'rejected') return null;
    throw error;
  }
}

const AROUND_MS = 24 * 60 * 60 * 1000;

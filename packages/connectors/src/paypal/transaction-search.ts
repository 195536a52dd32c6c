import {
  type Clock,
  ConnectorError,
  type PaypalTransaction,
  type SearchNews,
  TRANSACTION_SEARCH_LAG_MS,
} from '@mlc/core';
import { failureOf } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { isPaypalId } from './request.ts';
import { halvesOf, type SearchWindow, windowsOf } from './search-window.ts';
import {
  EVERYTHING,
  type ListRead,
  type Query,
  readList,
  ROWS_MAX,
  SEARCH_CALL,
} from './transaction-pages.ts';
import { numbered, payerAmong } from './transaction-row.ts';

/** How far a payer is looked for around the payment. */
const AROUND_MS = 24 * 60 * 60 * 1000;
/** PayPal keeps three years. */
const KEPT_MS = 3 * 365 * 24 * 60 * 60 * 1000;

/**
 * What is still pending has to be asked for on top, because a later window will not show it once it completes (paypal.md
 * 4.4). Asked second: what completes in between is then in neither list, and in both the next time.
 */
const PENDING: Query = { transaction_status: 'P', ...EVERYTHING };
const LISTS: readonly Query[] = [{}, PENDING];

/** What a search takes; `news` as in the port. */
export interface Search {
  readonly client: PaypalClient;
  readonly clock: Clock;
  readonly from: string;
  readonly to: string;
  readonly news?: SearchNews | undefined;
  /** What is asked of each window; all that moved or is pending when left out. */
  readonly lists?: readonly Query[];
}

/** Transaction Search as core's port `Captures` describes it. */
export async function* searchTransactions(
  search: Search,
): AsyncGenerator<PaypalTransaction, void, undefined> {
  const { clock, news } = search;
  const endMs = Math.min(Date.parse(search.to), clock.now().getTime());
  const ahead = [...windowsOf(Date.parse(search.from), endMs)];
  let completeMs = endMs;
  for (let window = ahead.shift(); window !== undefined; window = ahead.shift()) {
    // Later than PayPal's list reaches: such a question would be refused.
    if (window.fromMs > completeMs) break;
    const read = await readWindow(search, window);
    if (read === 'too-large') {
      ahead.unshift(...split(window));
      continue;
    }
    if (read === 'not-yet') {
      completeMs = Math.min(completeMs, window.fromMs);
      break;
    }
    completeMs = Math.min(completeMs, read.refreshedMs);
    for (const row of read.unreadable) news?.unreadable?.(row);
    yield* read.rows;
  }
  news?.completeTo?.(toPaypalMoment(completeMs));
}

function split(window: SearchWindow): readonly SearchWindow[] {
  const halves = halvesOf(window);
  if (halves !== null) return halves;
  const moment = toPaypalMoment(window.fromMs);
  throw failureOf(SEARCH_CALL, 'rejected', `more than ${ROWS_MAX} transactions in the second of ${moment}`, {
    reason: 'RESULTSET_TOO_LARGE',
  });
}

async function readWindow(
  { client, clock, lists = LISTS }: Search,
  window: SearchWindow,
): Promise<ListRead | 'too-large' | 'not-yet'> {
  const reads: ListRead[] = [];
  try {
    for (const list of lists) {
      const read = await readList(client, window, list);
      if (read === 'too-large') return 'too-large';
      reads.push(read);
    }
  } catch (error) {
    return judge(error, window, clock.now().getTime());
  }
  return {
    rows: numbered(reads.flatMap(({ rows }) => rows)),
    unreadable: reads.flatMap(({ unreadable }) => unreadable),
    wire: reads.flatMap(({ wire }) => wire),
    refreshedMs: Math.min(...reads.map(({ refreshedMs }) => refreshedMs)),
  };
}

/** "Data for the given start date is not available" is no empty list (paypal.md 4.4). */
function judge(error: unknown, { fromMs }: SearchWindow, nowMs: number): 'too-large' | 'not-yet' {
  if (!(error instanceof ConnectorError)) throw error;
  if (error.reason === 'RESULTSET_TOO_LARGE') return 'too-large';
  const unavailable = /start.?date/i.test(error.message) && /not available/i.test(error.message);
  if (!unavailable || fromMs < nowMs - KEPT_MS) throw error;
  if (fromMs >= nowMs - TRANSACTION_SEARCH_LAG_MS) return 'not-yet';
  const since = toPaypalMoment(fromMs);
  throw failureOf(SEARCH_CALL, 'not-ready', `PayPal's transaction list does not reach ${since} yet`, {
    reason: 'search_behind',
    cause: error,
  });
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
  const read = await readKnown(client, window, { transaction_id: transaction.id, ...EVERYTHING });
  return payerAmong(read?.wire ?? [], transaction.id);
}

/** The same of what is pending alone. */
export function pendingTransactions(search: Search): AsyncGenerator<PaypalTransaction, void, undefined> {
  return searchTransactions({ ...search, lists: [PENDING] });
}

/** As core's port `Captures` describes it. */
export async function transactionsOf(
  client: PaypalClient,
  clock: Clock,
  { id, since }: { readonly id: string; readonly since: string },
): Promise<readonly PaypalTransaction[]> {
  if (!isPaypalId(id)) return [];
  const rows: PaypalTransaction[] = [];
  for (const window of windowsOf(Date.parse(since), clock.now().getTime())) {
    const read = await readKnown(client, window, { transaction_id: id, ...EVERYTHING });
    rows.push(...(read?.rows ?? []).filter((row) => row.id === id));
  }
  return numbered(rows);
}

/** What PayPal lists now; null where the feature is off or the list does not reach that far yet. */
async function readKnown(client: PaypalClient, window: SearchWindow, list: Query): Promise<ListRead | null> {
  try {
    const read = await readList(client, window, list);
    return read === 'too-large' ? null : read;
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'rejected') return null;
    throw error;
  }
}

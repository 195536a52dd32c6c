import { type Clock, ConnectorError, type PaypalTransaction, TRANSACTION_SEARCH_LAG_MS } from '@mlc/core';
import { failureOf } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';
import { halvesOf, type SearchWindow, windowsOf } from './search-window.ts';
import { type ListRead, type Query, readList, ROWS_MAX, SEARCH_CALL } from './transaction-pages.ts';
import { newestOfEach } from './transaction-row.ts';

/** How far a payer is looked for around the payment. */
const AROUND_MS = 24 * 60 * 60 * 1000;
/** PayPal keeps three years. */
const KEPT_MS = 3 * 365 * 24 * 60 * 60 * 1000;

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
  throw failureOf(SEARCH_CALL, 'rejected', `more than ${ROWS_MAX} transactions in the second of ${moment}`, {
    reason: 'RESULTSET_TOO_LARGE',
  });
}

async function readWindow(
  client: PaypalClient,
  clock: Clock,
  window: SearchWindow,
): Promise<ListRead | 'too-large' | 'not-yet'> {
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

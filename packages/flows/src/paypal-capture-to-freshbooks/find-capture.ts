import {
  type Capture,
  type CaptureChanged,
  type CaptureStatus,
  hasMoved,
  type Job,
  type Money,
  type PaypalTransaction,
  sameMoney,
  treatmentOf,
} from '@mlc/core';
import { ROW_SETTLES_MS, rowsOf, sameIn, waitOutRow } from './listed-rows.ts';
import { ownRow } from './own-row.ts';

/** Which transaction, and what told of it. */
export interface CaptureNews extends Pick<CaptureChanged, 'captureId' | 'told' | 'row'> {
  /** It must have come about after this moment (RFC 3339): PayPal's list is looked through from there. */
  readonly since?: string;
}

/** A payment, by PayPal's API or, where that does not know it, by PayPal's list. */
export interface FoundCapture {
  readonly capture: Capture;
  /** The row that told of it, as PayPal lists it now, when it is not the payment's own: money beside the payment. */
  readonly told: PaypalTransaction | null;
  /** All rows of its id that moved money beside it, whichever of them told. */
  readonly beside: readonly PaypalTransaction[];
}

/** PayPal tries to deliver an event for three days (paypal.md 4.1); its payment is a little older. */
const TOLD_LATE_MS = 4 * 24 * 60 * 60 * 1000;

/**
 * The payment as PayPal has it now; null when neither its API nor its list shows it. Rejects with `not-ready` while its API
 * may just be behind its list.
 */
export async function findCapture(job: Job, news: CaptureNews): Promise<FoundCapture | null> {
  const shown = await job.captures.getCapture(news.captureId);
  if (shown !== null && news.row === undefined) return { capture: shown, told: null, beside: [] };
  const rows = await paymentRows(job, news);
  const own = await ownRow(job, rows, { captureId: news.captureId, shown });
  const others = {
    told: news.row === undefined ? null : otherThan(own, sameIn(rows, news.row)),
    beside: rows.filter((row) => row !== own && hasMoved(row)),
  };
  if (shown !== null) return { capture: withFeeOf(shown, own), ...others };
  if (own === null) return null;
  // What is pending is asked about at once, and what was denied moved nothing.
  if (hasMoved(own)) waitOutRow(job, own, 'getCapture');
  return { capture: captureOf(own), ...others };
}

function otherThan(
  own: PaypalTransaction | null,
  row: PaypalTransaction | undefined,
): PaypalTransaction | null {
  return row === undefined || row === own ? null : row;
}

/** The rows that are money from a payer, of one transaction id. */
async function paymentRows(
  job: Job,
  { captureId: id, row, since }: CaptureNews,
): Promise<readonly PaypalTransaction[]> {
  const { receivedAt } = job.event;
  const rows = async (from: string): Promise<readonly PaypalTransaction[]> =>
    (await rowsOf(job, { id, since: from, row })).filter((each) => treatmentOf(each) === 'payment');
  const from = row?.initiatedAt ?? since;
  if (from !== undefined) return rows(from);
  // PayPal's list is hours behind its webhooks: there is no use in asking it about a fresh one.
  const isFresh = job.clock.now().getTime() - receivedAt.getTime() < ROW_SETTLES_MS;
  return isFresh ? [] : rows(new Date(receivedAt.getTime() - TOLD_LATE_MS).toISOString());
}

const STATUSES: Readonly<Record<string, CaptureStatus>> = {
  S: 'completed',
  V: 'reversed',
  P: 'pending',
  D: 'declined',
};

/** A row is a payment of ours: it stands in our own account's list. */
function captureOf(row: PaypalTransaction): Capture {
  const { id, status, amount, references, payerEmail, initiatedAt } = row;
  return {
    id,
    status: STATUSES[status] ?? 'other',
    amount,
    fee: costOf(row),
    merchantId: null,
    references,
    orderId: null,
    subscriptionId: null,
    createdAt: initiatedAt,
    payerEmail,
  };
}

/** A fee that the payment itself does not tell stands in the list; a row of another amount may be of something else. */
function withFeeOf(capture: Capture, row: PaypalTransaction | null): Capture {
  if (capture.fee !== null || row === null || !sameMoney(row.amount, capture.amount)) return capture;
  return { ...capture, fee: costOf(row) };
}

function costOf(row: PaypalTransaction): Money | null {
  return row.fee === null || !hasMoved(row) ? null : { ...row.fee, minor: -row.fee.minor };
}

import {
  type Capture,
  type CaptureChanged,
  type CaptureStatus,
  type FlowContext,
  hasMoved,
  type InboundEvent,
  type Money,
  type PaypalTransaction,
  transactionKey,
  treatmentOf,
} from '@mlc/core';
import { ROW_SETTLES_MS, rowsOf, waitOutRow } from './listed-rows.ts';

/** Which transaction, and what told of it. */
export interface CaptureNews extends Pick<CaptureChanged, 'captureId' | 'told' | 'row'> {
  /** It must have come about after this moment (RFC 3339): PayPal's list is looked through from there. */
  readonly since?: string;
}

/** A payment, by PayPal's API or, where that does not know it, by PayPal's list. */
export interface FoundCapture {
  readonly capture: Capture;
  /** The row it was made of; null: PayPal's API shows it. */
  readonly row: PaypalTransaction | null;
}

/** PayPal tries to deliver an event for three days (paypal.md 4.1); its payment is a little older. */
const TOLD_LATE_MS = 4 * 24 * 60 * 60 * 1000;

/**
 * The payment as PayPal has it now; null when neither its API nor its list shows it. Rejects with `not-ready` while its API
 * may just be behind its list.
 */
export async function findCapture(
  context: FlowContext,
  inbound: InboundEvent,
  news: CaptureNews,
): Promise<FoundCapture | null> {
  const shown = await context.captures.getCapture(news.captureId);
  if (shown !== null) return { capture: withFeeOf(shown, news.row), row: null };
  const row = firstOf(await paymentRows(context, inbound, news));
  if (row === null) return null;
  // What is pending is asked about at once, and what was denied moved nothing.
  if (hasMoved(row)) waitOutRow(context, row, 'getCapture');
  return { capture: captureOf(row), row };
}

/** The rows that are money from a payer, of one transaction id. */
async function paymentRows(
  context: FlowContext,
  { receivedAt }: InboundEvent,
  { captureId: id, row, since }: CaptureNews,
): Promise<readonly PaypalTransaction[]> {
  const rows = async (from: string): Promise<readonly PaypalTransaction[]> =>
    (await rowsOf(context, { id, since: from, row })).filter((each) => treatmentOf(each) === 'payment');
  const from = row?.initiatedAt ?? since;
  if (from !== undefined) return rows(from);
  // PayPal's list is hours behind its webhooks: there is no use in asking it about a fresh one.
  const isFresh = context.clock.now().getTime() - receivedAt.getTime() < ROW_SETTLES_MS;
  return isFresh ? [] : rows(new Date(receivedAt.getTime() - TOLD_LATE_MS).toISOString());
}

/** Of several rows of one id the payment is the first that moved money, else the first. */
function firstOf(rows: readonly PaypalTransaction[]): PaypalTransaction | null {
  const place = (row: PaypalTransaction): string =>
    `${hasMoved(row) ? 0 : 1} ${row.initiatedAt} ${row.ordinal} ${transactionKey(row)}`;
  const [first] = rows.toSorted((left, right) => (place(left) < place(right) ? -1 : 1));
  return first ?? null;
}

/** False for a further row of the same id: money beside the payment. */
export async function isRowOf(
  context: FlowContext,
  { capture, row: madeOf }: FoundCapture,
  row: PaypalTransaction,
): Promise<boolean> {
  if (madeOf !== null) return transactionKey(madeOf) === transactionKey(row);
  if (row.ordinal === 0 && isOfAmount(row, capture)) return true;
  const rows = await rowsOf(context, { id: row.id, since: row.initiatedAt, row });
  const payments = rows.filter((each) => treatmentOf(each) === 'payment');
  const own = firstOf(payments.filter((each) => isOfAmount(each, capture))) ?? firstOf(payments);
  return own !== null && transactionKey(own) === transactionKey(row);
}

function isOfAmount({ amount }: PaypalTransaction, capture: Capture): boolean {
  return amount.minor === capture.amount.minor && amount.currency === capture.amount.currency;
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

/** A fee that the payment itself does not tell stands in the list. */
function withFeeOf(capture: Capture, row: PaypalTransaction | undefined): Capture {
  if (capture.fee !== null || row === undefined) return capture;
  return { ...capture, fee: costOf(row) };
}

function costOf(row: PaypalTransaction): Money | null {
  return row.fee === null || !hasMoved(row) ? null : { ...row.fee, minor: -row.fee.minor };
}

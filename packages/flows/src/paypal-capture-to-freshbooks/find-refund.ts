import {
  type FlowContext,
  hasMoved,
  type Money,
  type PaypalRefund,
  type PaypalTransaction,
  type RefundChanged,
  type RowTreatment,
  treatmentOf,
} from '@mlc/core';
import { refundSubject } from './ask-about-loss.ts';
import { rowNow, rowsOf, waitOutRow } from './listed-rows.ts';

/** A refund, by PayPal's API or, where that does not know it, by PayPal's list. */
export interface FoundRefund {
  readonly refund: PaypalRefund;
  /** True when only the list knows it. */
  readonly isListedOnly: boolean;
}

/** What told of a refund. */
export type RefundNews = Pick<RefundChanged, 'refundId' | 'captureId' | 'row'>;

/**
 * The refund as PayPal has it now; null when neither its API nor a row shows it. Where the list has more or other rows of it
 * than PayPal's API says, the list counts: it is the statement. Rejects with `not-ready` while the API may be behind.
 */
export async function findRefund(context: FlowContext, news: RefundNews): Promise<FoundRefund | null> {
  const { refundId } = news;
  const shown = await context.captures.getRefund(refundId);
  const row = news.row === undefined ? null : await rowNow(context, news.row);
  if (shown !== null) return { refund: await asListed(context, shown, row), isListedOnly: false };
  if (row === null) return null;
  if (hasMoved(row)) waitOutRow(context, row, 'getRefund');
  return { refund: await refundOf(context, row), isListedOnly: true };
}

/** The list is asked when a row told of it, or when something stands in the ledger already: it may have been a row. */
async function asListed(
  context: FlowContext,
  shown: PaypalRefund,
  row: PaypalTransaction | null,
): Promise<PaypalRefund> {
  const { id, amount, createdAt } = shown;
  if (row === null && (await context.store.ledger.ofSource(refundSubject(id))).length === 0) return shown;
  const listed = await rowsOf(context, {
    id,
    since: row?.initiatedAt ?? createdAt,
    row: row ?? undefined,
  });
  const kind = row ?? listed.find(isLoss);
  const own = kind === undefined ? [] : listed.filter((each) => isCounted(each, kind));
  const [first] = own;
  if (first === undefined) return shown;
  const sum = sumOf(own, first);
  const isAll = own.length === 1 && -first.amount.minor === amount.minor;
  return { ...shown, amount: sum.amount, fee: (isAll ? shown.fee : null) ?? sum.fee ?? shown.fee };
}

const STATUSES: Readonly<Record<string, string>> = { S: 'completed', V: 'completed', P: 'pending' };

/** A refund that only the list knows, of a row of it; negative when the money came back. */
export async function refundOf(context: FlowContext, row: PaypalTransaction): Promise<PaypalRefund> {
  const { id, referenceId, status, initiatedAt } = row;
  const told = { id, captureId: referenceId, status: STATUSES[status] ?? 'failed', createdAt: initiatedAt };
  if (!hasMoved(row)) return { ...told, amount: { ...row.amount, minor: -row.amount.minor }, fee: row.fee };
  const rows = await rowsOf(context, { id, since: initiatedAt, row });
  const own = rows.filter((each) => isCounted(each, row));
  return { ...told, ...sumOf(own, row) };
}

/** What rows took together, as a positive amount, and gave back of the fee: a refund can come in several. */
function sumOf(
  rows: readonly PaypalTransaction[],
  { amount, fee }: PaypalTransaction,
): Pick<PaypalRefund, 'amount' | 'fee'> {
  const fees = rows.flatMap((row) => row.fee ?? []);
  const currency = fee?.currency ?? fees[0]?.currency;
  return {
    amount: { ...amount, minor: -rows.reduce((sum, row) => sum + row.amount.minor, 0n) },
    fee: currency === undefined ? null : { currency, minor: minorOf(fees, currency) },
  };
}

function minorOf(amounts: readonly Money[], currency: string): bigint {
  return amounts.reduce((sum, amount) => (amount.currency === currency ? sum + amount.minor : sum), 0n);
}

const LOSSES: ReadonlySet<RowTreatment> = new Set(['given-back', 'charged-back', 'won-back']);

/** What the ledger takes for a refund under its own id, whatever its code. */
function isLoss(row: PaypalTransaction): boolean {
  return LOSSES.has(treatmentOf(row));
}

/** Whether a row of the id is part of what this one tells of. */
function isCounted(each: PaypalTransaction, row: PaypalTransaction): boolean {
  if (!hasMoved(each) || each.amount.currency !== row.amount.currency) return false;
  if (isLoss(row)) return isLoss(each);
  return !isLoss(each) && treatmentOf(each) === treatmentOf(row) && groupOfCode(each) === groupOfCode(row);
}

function groupOfCode({ eventCode }: PaypalTransaction): string {
  return eventCode.slice(0, 3);
}

import {
  type FlowContext,
  hasMoved,
  type Money,
  type PaypalRefund,
  type PaypalTransaction,
  type RefundChanged,
  treatmentOf,
} from '@mlc/core';
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
  if (shown !== null) {
    if (row === null || !hasMoved(row)) return { refund: shown, isListedOnly: false };
    const listed = isOfAmount(row, shown.amount) ? row : await sumOf(context, row);
    const amount = listed === row ? shown.amount : listed.amount;
    return { refund: { ...shown, amount, fee: shown.fee ?? listed.fee }, isListedOnly: false };
  }
  if (row === null) return null;
  if (hasMoved(row)) waitOutRow(context, row, 'getRefund');
  return { refund: await refundOf(context, row), isListedOnly: true };
}

/** True when the row is all there is of it. */
function isOfAmount({ amount, ordinal }: PaypalTransaction, given: Money): boolean {
  return ordinal === 0 && amount.minor === -given.minor && amount.currency === given.currency;
}

const STATUSES: Readonly<Record<string, string>> = { S: 'completed', V: 'completed', P: 'pending' };

/** A refund that only the list knows, of a row of it; negative when the money came back. */
export async function refundOf(context: FlowContext, row: PaypalTransaction): Promise<PaypalRefund> {
  const { id, referenceId, status, initiatedAt } = row;
  const told = { id, captureId: referenceId, status: STATUSES[status] ?? 'failed', createdAt: initiatedAt };
  if (hasMoved(row)) return { ...told, ...(await sumOf(context, row)) };
  return { ...told, amount: { ...row.amount, minor: -row.amount.minor }, fee: row.fee };
}

/** What all rows of the id took together, as a positive amount, and gave back of the fee: a refund can come in several. */
async function sumOf(
  context: FlowContext,
  row: PaypalTransaction,
): Promise<Pick<PaypalRefund, 'amount' | 'fee'>> {
  const rows = await rowsOf(context, { id: row.id, since: row.initiatedAt, row });
  const own = rows.filter((each) => hasMoved(each) && isOfSameKind(each, row));
  const fees = own.flatMap(({ fee }) => (fee?.currency === row.fee?.currency ? (fee ?? []) : []));
  return {
    amount: { ...row.amount, minor: -own.reduce((sum, { amount }) => sum + amount.minor, 0n) },
    fee: row.fee === null ? null : { ...row.fee, minor: fees.reduce((sum, { minor }) => sum + minor, 0n) },
  };
}

function isOfSameKind(left: PaypalTransaction, right: PaypalTransaction): boolean {
  const groupOf = ({ eventCode }: PaypalTransaction): string => eventCode.slice(0, 3);
  return (
    groupOf(left) === groupOf(right) &&
    treatmentOf(left) === treatmentOf(right) &&
    left.amount.currency === right.amount.currency
  );
}

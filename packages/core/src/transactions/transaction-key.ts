import type { PaypalTransaction } from '../ports/captures.ts';

/** What of a row of Transaction Search never changes, however its status, fee and date of change do. */
export type AlikeFacts = Pick<PaypalTransaction, 'id' | 'eventCode' | 'amount' | 'initiatedAt'>;

/**
 * What two rows that cannot be told apart have in common. An id and its code are not enough: one refund can have three
 * holds under its id, and both sides of an exchange share theirs (paypal.md appendix C).
 */
export function alikeKey({ id, eventCode, amount, initiatedAt }: AlikeFacts): string {
  const moment = initiatedAt.replaceAll(/[^0-9T]/g, '');
  return `${id}:${eventCode}:${amount.minor}${amount.currency}:${moment}`;
}

/** One row, the same text however often, in whatever state and in whichever list it is found. */
export function transactionKey(row: AlikeFacts & Pick<PaypalTransaction, 'ordinal'>): string {
  return row.ordinal === 0 ? alikeKey(row) : `${alikeKey(row)}#${row.ordinal + 1}`;
}

import { type FlowContext, type PaypalTransaction, sameMoney, transactionKey } from '@mlc/core';
import { notShown } from '../running/not-shown.ts';

/**
 * How long after a transaction PayPal's API may not show it although PayPal's list does: its reads are minutes behind. What
 * it does not show after this long it never will, because it was made elsewhere (PayPal.Me, a button, another app, by hand):
 * then the row is all there is (paypal.md appendix C). In ms.
 */
export const ROW_SETTLES_MS = 60 * 60 * 1000;

/**
 * How far before a row others of its id are looked for, in ms: whichever of them told, all are found. With a young row it
 * stays one window of PayPal's list.
 */
const SIBLINGS_MS = 30 * 24 * 60 * 60 * 1000;

/** The row as PayPal lists it now, where it was seen before it ended; as it was seen when PayPal does not list it. */
export async function rowNow(context: FlowContext, row: PaypalTransaction): Promise<PaypalTransaction> {
  if (row.status !== 'P') return row;
  const listed = await context.captures.transactionsOf(row.id, siblingsSince(row.initiatedAt));
  return sameIn(listed, row) ?? endOf(listed, row) ?? row;
}

/**
 * All rows of a transaction id as PayPal lists them now, and the one that told of it, each once. `since` (RFC 3339): when one
 * of them was initiated.
 */
export async function rowsOf(
  context: FlowContext,
  {
    id,
    since,
    row,
  }: { readonly id: string; readonly since: string; readonly row?: PaypalTransaction | undefined },
): Promise<readonly PaypalTransaction[]> {
  const listed = await context.captures.transactionsOf(id, siblingsSince(since));
  if (row === undefined || sameIn(listed, row) !== undefined) return listed;
  return row.status === 'P' && endOf(listed, row) !== undefined ? listed : [...listed, row];
}

function siblingsSince(moment: string): string {
  return new Date(Date.parse(moment) - SIBLINGS_MS).toISOString();
}

/** This row among others, however it stands there. */
export function sameIn(
  rows: readonly PaypalTransaction[],
  row: PaypalTransaction,
): PaypalTransaction | undefined {
  const key = transactionKey(row);
  return rows.find((each) => transactionKey(each) === key);
}

/** What became of a pending row that is not listed any more: PayPal can date it anew when it ends (paypal.md appendix C). */
function endOf(
  listed: readonly PaypalTransaction[],
  { eventCode, amount, initiatedAt }: PaypalTransaction,
): PaypalTransaction | undefined {
  const alike = listed.filter(
    (each) =>
      each.eventCode === eventCode && sameMoney(each.amount, amount) && each.initiatedAt > initiatedAt,
  );
  return alike.toSorted((left, right) => (left.initiatedAt < right.initiatedAt ? -1 : 1))[0];
}

/** Rejects with `not-ready` while PayPal's API may still come to show what the row tells of; `operation` looked for it. */
export function waitOutRow(
  { clock }: Pick<FlowContext, 'clock'>,
  { id, initiatedAt }: PaypalTransaction,
  operation: string,
): void {
  const retryAfterMs = Date.parse(initiatedAt) + ROW_SETTLES_MS - clock.now().getTime();
  if (retryAfterMs <= 0) return;
  const says = `lists transaction ${id} of ${initiatedAt} and does not show it yet`;
  throw notShown({ provider: 'PayPal', operation, says, retryAfterMs });
}

import { type FlowContext, type PaypalTransaction, transactionKey } from '@mlc/core';
import { notShown } from '../shared/not-shown.ts';

/**
 * How long after a transaction PayPal's API may not show it although PayPal's list does: its reads are minutes behind. What
 * it does not show after this long it never will, because it was made elsewhere (PayPal.Me, a button, another app, by hand):
 * then the row is all there is (paypal.md appendix C). In ms.
 */
export const ROW_SETTLES_MS = 60 * 60 * 1000;

/** The row as PayPal lists it now, where it was seen before it ended; as it was seen when PayPal does not list it. */
export async function rowNow(context: FlowContext, row: PaypalTransaction): Promise<PaypalTransaction> {
  if (row.status !== 'P') return row;
  const listed = await context.captures.transactionsOf(row.id, row.initiatedAt);
  return listed.find((each) => transactionKey(each) === transactionKey(row)) ?? row;
}

/** All rows of a transaction id as PayPal lists them now, and the one that told of it, each once. */
export async function rowsOf(
  context: FlowContext,
  {
    id,
    since,
    row,
  }: { readonly id: string; readonly since: string; readonly row?: PaypalTransaction | undefined },
): Promise<readonly PaypalTransaction[]> {
  const listed = await context.captures.transactionsOf(id, since);
  const known = new Set(listed.map(transactionKey));
  return row === undefined || known.has(transactionKey(row)) ? listed : [...listed, row];
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

import { listPayouts, type PayoutView } from '@mlc/platform/views/payouts';
import { amountText } from '../amount-text.ts';
import { type Column, printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** A payout for people. */
export const PAYOUT_COLUMNS: readonly Column<PayoutView>[] = [
  { title: 'arrival', of: ({ arrivalDate }) => arrivalDate },
  { title: 'payout', of: ({ payoutId }) => payoutId },
  { title: 'gross', of: inMoney('grossMinor'), align: 'right' },
  { title: 'fees', of: inMoney('feesMinor'), align: 'right' },
  { title: 'net', of: inMoney('netMinor'), align: 'right' },
  { title: 'items', of: ({ items }) => items, align: 'right' },
  { title: 'not ours', of: inMoney('unexplainedMinor'), align: 'right' },
  { title: 'state', of: ({ state }) => state },
];

/** `mlc payouts list` */
export const payoutsList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const rows = listPayouts(database, await businessFilter(call, database));
    await printList(call, rows, PAYOUT_COLUMNS);
    return 0;
  });

type AmountOf = 'grossMinor' | 'feesMinor' | 'netMinor' | 'unexplainedMinor';

function inMoney(column: AmountOf): (payout: PayoutView) => string | null {
  return (payout) => amountText({ amountMinor: payout[column], currency: payout.currency });
}

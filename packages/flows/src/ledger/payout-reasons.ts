import { formatMoney, minorFromTenths, type Payout, type Unexplained } from '@mlc/core';

/** A question about a payout names this many items; the rest are counted. */
const ITEMS_NAMED = 50;

/** What an answer about a payout covers: these payments in it. */
export function unexplainedCovered({ items }: Unexplained): string {
  const named = items
    .map(({ type, paymentId, amountTenths }) => `${paymentId ?? type} ${amountTenths}`)
    .sort();
  const rest = named.length - ITEMS_NAMED;
  return [...named.slice(0, ITEMS_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** What a person is told of a payout with payments in it that are not ours: each by its id and amount. */
export function unexplainedReasons(payout: Payout, { items, minor }: Unexplained): string[] {
  const { currency } = payout.net;
  const money = (amount: bigint): string => formatMoney({ minor: amount, currency });
  const named = items
    .slice(0, ITEMS_NAMED)
    .map(
      ({ type, paymentId, amountTenths }) =>
        `${paymentId ?? 'no payment named'}: ${money(minorFromTenths(amountTenths))} (${type})`,
    );
  const rest = items.length - named.length;
  return [
    `Payout ${payout.id} of ${money(payout.net.minor)} holds ${money(minor)} of payments that stand on no invoice here.`,
    ...named,
    ...(rest === 0 ? [] : [`and ${rest} more`]),
    'Matching such a payment to its invoice explains it; ignore or done leaves it as money that is not ours.',
  ];
}

import type { PayoutItem } from '../ports/payouts.ts';
import { meaningOf } from './explain.ts';
import { minorFromTenths } from './tenths.ts';

/**
 * Each item in whole minor units, in the items' order; fees are 0 here, they are booked as one. Payments are whole by
 * themselves. What has tenths (revenue share) is rounded by its running total, so that together they are the rounded sum.
 */
export function wholeAmounts(items: readonly PayoutItem[]): readonly bigint[] {
  const counted = items.map((item) => (meaningOf(item.type) === 'fee' ? 0n : item.amountTenths));
  let running = counted.filter(isWhole).reduce((total, tenths) => total + tenths, 0n);
  return counted.map((tenths) => {
    if (isWhole(tenths)) return tenths / 10n;
    const before = minorFromTenths(running);
    running += tenths;
    return minorFromTenths(running) - before;
  });
}

function isWhole(tenths: bigint): boolean {
  return tenths % 10n === 0n;
}

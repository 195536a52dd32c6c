import { formatMoney } from '@mlc/core';

/** `GBP 19.99`, or null when there is no amount. */
export function amountText(row: {
  readonly amountMinor: number | null;
  readonly currency: string | null;
}): string | null {
  const { amountMinor, currency } = row;
  return amountMinor === null || currency === null
    ? null
    : formatMoney({ minor: BigInt(amountMinor), currency });
}

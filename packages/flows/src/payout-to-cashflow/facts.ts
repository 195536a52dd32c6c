import type { Payout, PayoutItem } from '@mlc/core';

/** A payout that was proven to the penny, as FreshBooks is told of it. */
export interface PayoutFacts {
  readonly payout: Payout;
  readonly items: readonly PayoutItem[];
  /** Before fees, in the payout's currency: net + fees. */
  readonly grossMinor: bigint;
  /** What the fees cost, tax included; negative when more was given back than taken. */
  readonly feesMinor: bigint;
  /** The tax inside the fees, signed like them. */
  readonly taxMinor: bigint;
  /** YYYY-MM-DD: when it arrived at the bank. */
  readonly date: string;
}

import {
  addsUp,
  feesMinorOf,
  hasArrived,
  type ItemSums,
  type Payout,
  type PayoutItem,
  type PayoutStatus,
  sumsOf,
  taxMinorOf,
} from '@mlc/core';

/** What a payout, as it stands, means for the books. */
export type PayoutDecision =
  /** It is under way, or its exchange rate is not known for good. */
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'nothing'; readonly why: string }
  | { readonly kind: 'items-gone' }
  | { readonly kind: 'does-not-add-up'; readonly sums: ItemSums; readonly items: readonly PayoutItem[] }
  | { readonly kind: 'book'; readonly facts: PayoutFacts };

/** State in, books out: the order and number of events plays no part. Null items: GoCardless keeps them no longer. */
export function decidePayout(payout: Payout, items: readonly PayoutItem[] | null): PayoutDecision {
  if (!hasArrived(payout)) return notThere(payout);
  if (items === null) return { kind: 'items-gone' };
  const sums = sumsOf(items);
  if (!addsUp(payout.net.minor, sums)) return { kind: 'does-not-add-up', sums, items };
  const feesMinor = feesMinorOf(payout.net.minor, sums);
  const facts = {
    payout,
    items,
    grossMinor: payout.net.minor + feesMinor,
    feesMinor,
    taxMinor: taxMinorOf(items),
    date: payout.arrivalDate ?? '',
  };
  return { kind: 'book', facts };
}

function notThere({ status, exchange }: Payout): PayoutDecision {
  const known: readonly string[] = ['pending', 'paid', 'bounced'] satisfies PayoutStatus[];
  if (!known.includes(status)) return { kind: 'nothing', why: `the payout is ${status}` };
  if (exchange?.amountMinor === null)
    return { kind: 'wait', why: `the rate into ${exchange.currency} is not confirmed yet` };
  return { kind: 'wait', why: `it is ${status} and has not arrived yet` };
}

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

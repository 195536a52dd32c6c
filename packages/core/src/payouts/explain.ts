import type { Payout, PayoutItem, PayoutItemType } from '../ports/payouts.ts';
import { minorFromTenths } from './tenths.ts';

/**
 * What a kind of payout item is to the ledger (gocardless.md 2.11): a payment that arrives, one that was taken back, money
 * given back to a payer (or returned by the payer's bank), what GoCardless and apps charge, or another movement.
 */
export type ItemMeaning = 'paid-out' | 'taken-back' | 'refund' | 'fee' | 'movement' | 'unknown';

const MEANINGS: Readonly<Record<PayoutItemType, ItemMeaning>> = {
  payment_paid_out: 'paid-out',
  payment_failed: 'taken-back',
  payment_charged_back: 'taken-back',
  payment_refunded: 'refund',
  refund: 'refund',
  refund_funds_returned: 'refund',
  gocardless_fee: 'fee',
  app_fee: 'fee',
  surcharge_fee: 'fee',
  revenue_share: 'movement',
};

/** Types that never are somebody's payment: they are explained by what they are. */
export const EXPLAINED_ITEM_TYPES: readonly PayoutItemType[] = [
  'gocardless_fee',
  'app_fee',
  'surcharge_fee',
  'revenue_share',
];
/** Types that are explained without naming a payment: those, and refunds, which may be of a mandate. */
export const PAYMENTLESS_ITEM_TYPES: readonly PayoutItemType[] = [
  ...EXPLAINED_ITEM_TYPES,
  'payment_refunded',
  'refund',
  'refund_funds_returned',
];
/** Items that are fees: negative when charged, positive when given back. */
export const FEE_ITEM_TYPES: readonly PayoutItemType[] = ['gocardless_fee', 'app_fee', 'surcharge_fee'];

/** `unknown` for a type GoCardless added since. */
export function meaningOf(type: string): ItemMeaning {
  return Object.hasOwn(MEANINGS, type) ? MEANINGS[type as PayoutItemType] : 'unknown';
}

/** Sums over a payout's items, in tenths of a minor unit. */
export interface ItemSums {
  readonly allTenths: bigint;
  readonly feeTenths: bigint;
}

/** Adds up what the items say. */
export function sumsOf(items: readonly PayoutItem[]): ItemSums {
  return {
    allTenths: sum(items),
    feeTenths: sum(items.filter(({ type }) => meaningOf(type) === 'fee')),
  };
}

/** True when the items are the payout, to the minor unit. */
export function addsUp(netMinor: bigint, { allTenths }: ItemSums): boolean {
  return minorFromTenths(allTenths) === netMinor;
}

/**
 * What the fees cost in whole minor units, so that net + fees is exactly what the other items bring, however the tenths
 * were rounded; GoCardless' own `deducted_fees` is the same. Negative when more was given back than taken. Of items that
 * are not the payout, the fee items as they stand.
 */
export function feesMinorOf(netMinor: bigint, sums: ItemSums): bigint {
  if (!addsUp(netMinor, sums)) return minorFromTenths(-sums.feeTenths);
  return minorFromTenths(sums.allTenths - sums.feeTenths) - netMinor;
}

/** The tax inside the fees in minor units, signed as a cost. */
export function taxMinorOf(items: readonly PayoutItem[]): bigint {
  const fees = items.filter(({ type }) => meaningOf(type) === 'fee');
  return minorFromTenths(-fees.reduce((total, { taxTenths }) => total + taxTenths, 0n));
}

/** Payments the items are about, fees and shares left out, each once. */
export function paymentIdsOf(items: readonly PayoutItem[]): readonly string[] {
  const about = items.filter(({ type }) => !(EXPLAINED_ITEM_TYPES as readonly string[]).includes(type));
  return [...new Set(about.flatMap(({ paymentId }) => paymentId ?? []))];
}

/** What of a payout belongs to nobody's invoice: the items whose payment is not among `ours`, or is not even named. */
export interface Unexplained {
  readonly items: readonly PayoutItem[];
  /** Their signed sum; may be 0 although there are some. */
  readonly minor: bigint;
}

/** Reads off what is not ours, by the payments that are. */
export function unexplainedOf(items: readonly PayoutItem[], ours: ReadonlySet<string>): Unexplained {
  const left = items.filter(({ type, paymentId }) => {
    if (paymentId === null) return !(PAYMENTLESS_ITEM_TYPES as readonly string[]).includes(type);
    return !ours.has(paymentId) && !(EXPLAINED_ITEM_TYPES as readonly string[]).includes(type);
  });
  return { items: left, minor: minorFromTenths(sum(left)) };
}

/** True once the bank has it for good: paid out (be it that it bounced since), and its exchange rate confirmed. */
export function hasArrived({ status, arrivalDate, exchange }: Payout): boolean {
  const wasSent = (status === 'paid' || status === 'bounced') && arrivalDate !== null;
  return wasSent && exchange?.amountMinor !== null;
}

function sum(items: readonly PayoutItem[]): bigint {
  return items.reduce((total, { amountTenths }) => total + amountTenths, 0n);
}

import { addDays, dateIn } from '../dates/dates.ts';
import type { Debit, DebitStep } from '../ports/debits.ts';
import type { Payout, PayoutBounce, PayoutItem } from '../ports/payouts.ts';
import { hasArrived } from '../payouts/explain.ts';
import { minorFromTenths } from '../payouts/tenths.ts';
import { type AsOf, chargeDayOf, standsAt } from './debit-history.ts';
import { compareText } from './compare.ts';
import type { Holding, ProviderProof } from './proof.ts';

/**
 * Debits charged this long before go-live are looked at as well: the slowest scheme is paid out within a few working days
 * (gocardless.md 3), and a payout whose total is negative is carried over. In days.
 */
export const LOOK_BACK_DAYS = 60;

/** What of GoCardless' records the questions need; `goLive` is the day the ledger begins. */
export interface GocardlessRecords {
  /** Charged from LOOK_BACK_DAYS before go-live until the day asked about, and later ones that were tried before. */
  readonly debits: readonly Debit[];
  /**
   * By debit id, oldest first: of every debit for which something of TURNING_ACTIONS happened after the day asked about
   * or, when it was created before go-live, after that.
   */
  readonly steps: ReadonlyMap<string, readonly DebitStep[]>;
  /** Created since LOOK_BACK_DAYS before go-live; items null when the provider keeps them no longer. */
  readonly payouts: readonly { readonly payout: Payout; readonly items: readonly PayoutItem[] | null }[];
  /** Transfers that came back, in any order. */
  readonly bounces: readonly PayoutBounce[];
}

/** Something GoCardless holds (or, negative, is owed) of one currency. */
export interface DebitHolding extends Holding {
  readonly currency: string;
  /** What `id` names; a payout's is one that bounced. */
  readonly type: 'payment' | 'payout';
}

/** Payout items that move what is under way of a payment. The others are the same on both sides of a payout. */
const MOVING: ReadonlySet<string> = new Set(['payment_paid_out', 'payment_failed', 'payment_charged_back']);
/**
 * What was in flight at GoCardless at the end of a day: payments that stand, less what payouts that had arrived settled of
 * them, plus what came back. Zeros are left out; sorted by id in code-unit order.
 */
export function gocardlessHoldings(records: GocardlessRecords, asOf: AsOf): DebitHolding[] {
  const sent = records.payouts.filter(
    ({ payout }) => hasArrived(payout) && (payout.arrivalDate ?? '') <= asOf.day,
  );
  const settled = settledTenths(sent.flatMap(({ items }) => items ?? []));
  const gone = new Set(sent.filter(({ items }) => items === null).map(({ payout }) => payout.id));
  const payments = records.debits.map((debit): DebitHolding => {
    const standing = standsAt(debit, records.steps.get(debit.id), asOf) ? debit.amount.minor : 0n;
    // What the lost items of an old payout said of it, its own link says too.
    const isInGone = debit.payoutId !== null && gone.has(debit.payoutId);
    const taken = minorFromTenths(settled.get(debit.id) ?? 0n) + (isInGone ? debit.amount.minor : 0n);
    return { id: debit.id, type: 'payment', currency: debit.amount.currency, amountMinor: standing - taken };
  });
  const cameBack = bounceDays(
    records.payouts.map(({ payout }) => payout),
    records.bounces,
    asOf.timezone,
  );
  const bounced = sent.flatMap(({ payout }): DebitHolding[] => {
    const day = cameBack.get(payout.id);
    if (day === undefined || day > asOf.day) return [];
    return [{ id: payout.id, type: 'payout', currency: payout.net.currency, amountMinor: payout.net.minor }];
  });
  return [...payments, ...bounced].filter(({ amountMinor }) => amountMinor !== 0n).sort(byId);
}

/** What was in flight at GoCardless when the day of go-live began. */
export function gocardlessOpening(
  records: GocardlessRecords,
  goLive: string,
  { point, timezone }: Pick<AsOf, 'point' | 'timezone'>,
): DebitHolding[] {
  return gocardlessHoldings(records, { day: addDays(goLive, -1), point, timezone });
}

/**
 * GoCardless' proof, one per currency. Debits that were over before go-live stay out of it, whatever happened to them since,
 * as they are out of the ledger: it sees only the payout that settles it, where money and item cancel out.
 */
export function gocardlessProofs(records: GocardlessRecords, goLive: string, asOf: AsOf): ProviderProof[] {
  const opened = new Set(gocardlessOpening(records, goLive, asOf).map(({ id }) => id));
  const debits = records.debits.filter((debit) => chargeDayOf(debit) >= goLive || opened.has(debit.id));
  const currencies = [
    ...debits.map(({ amount }) => amount.currency),
    ...records.payouts.map(({ payout }) => payout.net.currency),
  ];
  return proofsOf('gocardless', currencies, gocardlessHoldings({ ...records, debits }, asOf));
}

/** The proof of a provider that could not be asked. */
export function unprovable(provider: string, why: string): ProviderProof {
  return { provider, currency: null, inFlightMinor: null, holdings: [], why };
}

function settledTenths(items: readonly PayoutItem[]): ReadonlyMap<string, bigint> {
  const settled = new Map<string, bigint>();
  for (const { type, paymentId, amountTenths } of items) {
    if (paymentId !== null && MOVING.has(type))
      settled.set(paymentId, (settled.get(paymentId) ?? 0n) + amountTenths);
  }
  return settled;
}

/**
 * The days payouts came back, by their ids. Events that name no payout are given to the bounced ones that no event names,
 * oldest to oldest; one without any event (they are kept for 18 months) came back long ago.
 */
function bounceDays(
  payouts: readonly Payout[],
  bounces: readonly PayoutBounce[],
  timezone: string,
): ReadonlyMap<string, string> {
  const inOrder = bounces.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  const momentOf = new Map(inOrder.map(({ payoutId, at }) => [payoutId, at]));
  const unnamed = inOrder.filter(({ payoutId }) => payoutId === null);
  const bounced = payouts
    .filter(({ status }) => status === 'bounced')
    .toSorted((left, right) => compareText(ageOf(left), ageOf(right)));
  let next = 0;
  return new Map(
    bounced.map((payout) => {
      const at = momentOf.get(payout.id) ?? unnamed[Math.min(next++, unnamed.length - 1)]?.at;
      return [payout.id, at === undefined ? (payout.arrivalDate ?? '') : dateIn(timezone, new Date(at))];
    }),
  );
}

function ageOf({ createdAt, id }: Payout): string {
  return `${createdAt} ${id}`;
}

/** One proof per currency, sorted; one for all of them when none is named. */
export function proofsOf(
  provider: string,
  currencies: readonly string[],
  holdings: readonly (Holding & { readonly currency: string })[],
): ProviderProof[] {
  // It was asked, and holds nothing of any currency.
  if (currencies.length === 0)
    return [{ provider, currency: null, inFlightMinor: 0n, holdings: [], why: null }];
  return [...new Set(currencies)].sort().map((currency) => {
    const own = holdings
      .filter((holding) => holding.currency === currency)
      .map(({ id, amountMinor, why }) => ({ id, amountMinor, ...(why === undefined ? {} : { why }) }));
    const inFlightMinor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    return { provider, currency, inFlightMinor, holdings: own, why: null };
  });
}

/** Order of holdings. */
export function byId(left: Holding, right: Holding): number {
  return compareText(left.id, right.id);
}

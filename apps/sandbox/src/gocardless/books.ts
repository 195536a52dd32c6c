import type { Payment, Payout, PayoutItem } from './wire.ts';
import type { World } from './world.ts';

/** What stands in GoCardless' books, for comparing with somebody else's. Minor units. */
export interface GocardlessBooks {
  readonly payments: readonly Payment[];
  readonly payouts: readonly (Payout & { readonly items: readonly PayoutItem[] })[];
  /** Currency → sums. */
  readonly totals: Readonly<Record<string, CurrencyTotals>>;
}

export interface CurrencyTotals {
  /** Not yet submitted or submitted. */
  readonly inFlight: number;
  /** Collected, not in a payout yet. */
  readonly confirmed: number;
  readonly paidOut: number;
  readonly failed: number;
  readonly chargedBack: number;
  readonly cancelled: number;
  /** Sums of the payouts. */
  readonly payoutsNet: number;
  readonly payoutsFees: number;
}

const IN_FLIGHT: readonly string[] = ['pending_customer_approval', 'pending_submission', 'submitted'];

export function booksOf(world: World): GocardlessBooks {
  const payments = structuredClone(world.payments.all());
  const payouts = structuredClone(
    world.payouts.all().map((payout) => ({ ...payout, items: world.payoutItems.get(payout.id) ?? [] })),
  );
  const currencies = [...new Set(payments.map(({ currency }) => currency))].sort();
  const totals = Object.fromEntries(
    currencies.map((currency) => [currency, totalsOf(currency, payments, payouts)]),
  );
  return { payments, payouts, totals };
}

function totalsOf(
  currency: string,
  payments: readonly Payment[],
  payouts: readonly Payout[],
): CurrencyTotals {
  const own = payments.filter((payment) => payment.currency === currency);
  const sum = (statuses: readonly string[]): number =>
    own.filter(({ status }) => statuses.includes(status)).reduce((total, { amount }) => total + amount, 0);
  const paid = payouts.filter((payout) => payout.currency === currency);
  return {
    inFlight: sum(IN_FLIGHT),
    confirmed: sum(['confirmed']),
    paidOut: sum(['paid_out']),
    failed: sum(['failed']),
    chargedBack: sum(['charged_back']),
    cancelled: sum(['cancelled', 'customer_approval_denied']),
    payoutsNet: paid.reduce((total, { amount }) => total + amount, 0),
    payoutsFees: paid.reduce((total, payout) => total + payout.deducted_fees, 0),
  };
}

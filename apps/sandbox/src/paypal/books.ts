import { writeAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { captureView, disputeView, refundView, saleView } from './views.ts';
import type { CaptureView, DisputeView, RefundView, SaleView } from './views.ts';
import type { World } from './world.ts';

/** What stands in PayPal's books of one merchant, for comparing with somebody else's. Decimal strings. */
export interface PaypalBooks {
  readonly merchantId: string;
  readonly captures: readonly CaptureView[];
  readonly sales: readonly SaleView[];
  readonly refunds: readonly RefundView[];
  readonly disputes: readonly DisputeView[];
  /** By currency. */
  readonly totals: Readonly<Record<string, CurrencyTotals>>;
}

export interface CurrencyTotals {
  /** Gross of payments that were completed, what went back later included. */
  readonly received: string;
  /** Positive; fees of those. */
  readonly fees: string;
  /** Refunds and reversals, positive, pending ones left out. */
  readonly givenBack: string;
  readonly pending: string;
  /** What the account has, holds, conversions and withdrawals counted. */
  readonly balance: string;
}

export function booksOf(world: World): PaypalBooks {
  const rows = { captures: [...world.captures.values()], sales: [...world.sales.values()] };
  return {
    merchantId: world.merchant.merchantId,
    captures: rows.captures.map(captureView),
    sales: rows.sales.map(saleView),
    refunds: [...world.refunds.values()].map(refundView),
    disputes: [...world.disputes.values()].map(disputeView),
    totals: Object.fromEntries(
      world.statement.currencies().map((currency) => [currency, totalsOf(world, currency)]),
    ),
  };
}

function totalsOf(world: World, currency: string): CurrencyTotals {
  const own = [...world.captures.values(), ...world.sales.values()].filter(
    (row) => row.currency === currency,
  );
  const paid = own.filter((row) => standing(row) === 'paid');
  const back = [...world.refunds.values()].filter(
    (row) => row.currency === currency && row.status === 'COMPLETED',
  );
  const write = (minor: Minor): string => writeAmount(minor, currency);
  return {
    received: write(sum(paid.map(({ amount }) => amount))),
    fees: write(sum(paid.map(({ fee }) => fee)) - sum(back.map(({ feeReturned }) => feeReturned))),
    givenBack: write(sum(back.map(({ amount }) => amount))),
    pending: write(sum(own.filter((row) => standing(row) === 'pending').map(({ amount }) => amount))),
    balance: write(world.statement.balance(currency, Infinity)),
  };
}

function standing(row: { status?: string; state?: string }): 'paid' | 'pending' | 'nothing' {
  const status = (row.status ?? row.state ?? '').toUpperCase();
  if (status === 'PENDING') return 'pending';
  return ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(status) ? 'paid' : 'nothing';
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}

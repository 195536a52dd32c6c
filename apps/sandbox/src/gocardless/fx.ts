import { tellPayout } from './payout-events.ts';
import { NO_FX } from './wire.ts';
import type { Fx, Payment, Payout } from './wire.ts';
import type { World } from './world.ts';

/** `fx` of a new debit: its own currency, or the one the creditor is paid in with a rate that is only estimated (2.4). */
export function paymentFx(world: World, currency: string): Fx {
  return exchangeOf(world, currency) ?? { ...NO_FX, fx_currency: currency };
}

/** `fx` of a payout in the making; all null unless it is exchanged (2.10). */
export function payoutFx(world: World, currency: string): Fx {
  return exchangeOf(world, currency) ?? { ...NO_FX };
}

export function isExchanged({ fx, currency }: Pick<Payout | Payment, 'fx' | 'currency'>): boolean {
  return fx.fx_currency !== null && fx.fx_currency !== currency;
}

/** The rate stands: amount and rate are known, the payout is `paid` only now (section 3). */
export function confirmExchangeRate(world: World, payout: Payout): void {
  const { fx_currency: to } = payout.fx;
  if (to === null || payout.status !== 'pending') return;
  const rate = rateFrom(world.settings.fx.confirmed, payout.currency, to);
  payout.fx = { ...payout.fx, exchange_rate: rate, fx_amount: exchange(payout.amount, rate) };
  payout.status = 'paid';
  payout.arrival_date = world.today();
  for (const payment of paidOutBy(world, payout)) {
    if (isExchanged(payment))
      payment.fx = { ...payment.fx, exchange_rate: rate, fx_amount: exchange(payment.amount, rate) };
  }
  tellPayout(world, payout, 'fx_rate_confirmed', 'payout_fx_rate_confirmed');
}

/** Minor units times a decimal rate, halves away from zero; every currency of GoCardless has two decimals. */
export function exchange(amountMinor: number, rate: string): number {
  const [whole = '0', fraction = ''] = rate.split('.');
  const scale = 10n ** BigInt(fraction.length);
  const exact = BigInt(amountMinor) * BigInt(whole + fraction);
  const half = exact < 0n ? -scale / 2n : scale / 2n;
  return Number((exact + half) / scale);
}

function exchangeOf(world: World, currency: string): Fx | null {
  const { fx_payout_currency: to } = world.creditor();
  if (to === null || to === currency) return null;
  const estimated = rateFrom(world.settings.fx.estimated, currency, to);
  return { ...NO_FX, fx_currency: to, estimated_exchange_rate: estimated };
}

function rateFrom(rates: Readonly<Record<string, string>>, from: string, to: string): string {
  return rates[`${from}/${to}`] ?? '1.0';
}

function paidOutBy(world: World, payout: Payout): Payment[] {
  const items = world.payoutItems.get(payout.id) ?? [];
  return items.flatMap(({ type, links }) => {
    const payment = type === 'payment_paid_out' ? world.payments.get(links.payment ?? '') : undefined;
    return payment ?? [];
  });
}

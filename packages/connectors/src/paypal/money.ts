import { type Money, moneyFromDecimal } from '@mlc/core';

/** Currencies PayPal takes without decimals. ISO 4217 gives HUF and TWD two (paypal.md 6). */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);
const PAYPAL_DECIMALS = 2;

const VALUE = /^(-?)(\d*)(?:\.(\d+))?$/;
const MAX_LENGTH = 32;

/**
 * Reads an amount as PayPal writes it (`100`, `-0.99`, `.50`, `178.800000`) into minor units by ISO 4217. Digits beyond
 * PayPal's own decimals for the currency must be zeros. Null for anything else (`1e3`, `+1`, `5.`, `1000.50` HUF).
 */
export function moneyFromPaypal(value: string, currency: string): Money | null {
  const match = value.length > MAX_LENGTH ? null : VALUE.exec(value);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return null;
  const decimals = WITHOUT_DECIMALS.has(currency) ? 0 : PAYPAL_DECIMALS;
  if (/[1-9]/.test(fraction.slice(decimals))) return null;
  return moneyFromDecimal(
    `${sign}${whole === '' ? '0' : whole}.${fraction === '' ? '0' : fraction}`,
    currency,
  );
}

/** Without its sign: refunds and fees are negative in some of PayPal's answers and positive in others. */
export function positive(money: Money): Money {
  return money.minor < 0n ? { ...money, minor: -money.minor } : money;
}

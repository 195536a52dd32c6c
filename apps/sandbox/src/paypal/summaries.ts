import { writeAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', GBP: '£', EUR: '€', JPY: '¥' };

/** `$ 30.0 USD`: PayPal drops the last zero, so nobody should read amounts here (paypal.md 2.3). */
export function spokenAmount(minor: Minor, currency: string): string {
  return `${SYMBOLS[currency] ?? ''} ${writeAmount(minor, currency).replace(/0$/, '')} ${currency}`.trim();
}

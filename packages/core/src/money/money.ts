/** An amount in minor units (pence, cents, yen) of one ISO 4217 currency. Never a float. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** ISO 4217 currencies whose minor unit is not a hundredth; every other currency has two decimals. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0,
  VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
}; // prettier-ignore

/** Decimals of a currency's minor unit (ISO 4217): 2 for GBP, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,30}))?$/;

/**
 * Reads a provider's decimal string exactly: `19.99` GBP is 1999n. Digits beyond the currency's minor unit are
 * accepted only when they are zeros (FreshBooks sends yen as `100.00`). Returns null for anything else.
 */
export function moneyFromDecimal(text: string, currency: string): Money | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (/[1-9]/.test(fraction.slice(exponent))) return null;
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return { minor: sign === '-' ? -minor : minor, currency };
}

/** Writes minor units as a decimal string with at least `minDecimals` decimals: 1999n GBP is `19.99`. */
export function decimalFromMoney(money: Money, minDecimals = 0): string {
  const exponent = exponentOf(money.currency);
  const digits = (money.minor < 0n ? -money.minor : money.minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent).padEnd(Math.max(exponent, minDecimals), '0');
  const sign = money.minor < 0n ? '-' : '';
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** True when both the currency and the amount are the same. */
export function sameMoney(left: Money, right: Money): boolean {
  return left.minor === right.minor && left.currency === right.currency;
}

/** For people: `GBP 19.99`. */
export function formatMoney(money: Money): string {
  return `${money.currency} ${decimalFromMoney(money)}`;
}

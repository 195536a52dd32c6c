/** An amount in the smallest unit PayPal knows of its currency; a safe integer, signed. */
export type Minor = number;

/** As PayPal's v2 resources write it. */
export interface WireMoney {
  readonly currency_code: string;
  readonly value: string;
}

/** PayPal takes no decimals in these; ISO 4217 says otherwise for two of them (paypal.md 6). */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);
/** The pattern of the specification: `100`, `-0.99`, `.50`; not `1e3`, `+1`, `5.`. */
const WIRE_VALUE = /^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/;
const WIRE_LENGTH_MAX = 32;

/** Why an amount is refused, in PayPal's words. */
export type AmountProblem =
  'INVALID_PARAMETER_SYNTAX' | 'DECIMALS_NOT_SUPPORTED' | 'DECIMAL_PRECISION' | 'INVALID_CURRENCY_CODE';

/** 0 or 2 decimals. */
export function decimalsOf(currency: string): number {
  return WITHOUT_DECIMALS.has(currency) ? 0 : 2;
}

/** Reads a decimal string; excess digits are fine while they are zeros. */
export function readAmount(value: string, currency: string): Minor | AmountProblem {
  if (!/^[A-Z]{3}$/.test(currency)) return 'INVALID_CURRENCY_CODE';
  if (value.length > WIRE_LENGTH_MAX || !WIRE_VALUE.test(value)) return 'INVALID_PARAMETER_SYNTAX';
  const decimals = decimalsOf(currency);
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  if (/[1-9]/.test(fraction.slice(decimals)))
    return decimals === 0 ? 'DECIMALS_NOT_SUPPORTED' : 'DECIMAL_PRECISION';
  const minor = Number(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return value.startsWith('-') ? 0 - minor : minor;
}

/** `1234` GBP is `12.34`; more `decimals` than usual are zeros at the end, as some answers have them. */
export function writeAmount(minor: Minor, currency: string, decimals = decimalsOf(currency)): string {
  const scale = decimalsOf(currency);
  const digits = String(Math.abs(minor)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).padEnd(decimals, '0');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return minor < 0 ? `-${text}` : text;
}

/** v2 money. */
export function money(minor: Minor, currency: string): WireMoney {
  return { currency_code: currency, value: writeAmount(minor, currency) };
}

/** Converts by a rate of at most 15 decimals, halves away from zero; exact in between. */
export function convert(minor: Minor, from: string, rate: string, to: string): Minor {
  const [whole = '0', fraction = ''] = rate.split('.');
  const numerator = BigInt(minor) * BigInt(whole + fraction) * 10n ** BigInt(decimalsOf(to));
  const denominator = 10n ** BigInt(fraction.length + decimalsOf(from));
  const half = numerator < 0n ? -denominator / 2n : denominator / 2n;
  return Number((numerator + half) / denominator);
}

/** A usual fee: 2.9 % and a fixed 0.30 (40 where there are no decimals). */
export function usualFee(minor: Minor, currency: string): Minor {
  return Math.min(minor, Math.round((minor * 29) / 1000) + (decimalsOf(currency) === 0 ? 40 : 30));
}

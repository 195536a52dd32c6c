import { exponentOf } from '@mlc/core';

/** A decimal text of minor units: 1999 GBP is 19.99. No float on the way. */
export function decimalOf(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const part = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${minor < 0 ? '-' : ''}${whole}${part}`;
}

const MINUS = '\u2212';
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, locale: string | undefined): Intl.NumberFormat {
  const key = `${locale ?? ''} ${currency}`;
  const exponent = exponentOf(currency);
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, digits);
  formats.set(key, format);
  return format;
}

/** The number of an amount as people of this locale write it, without its currency: 1,234.50. */
export function amountText(minor: number, currency: string, locale?: string): string {
  // A text keeps what a float would lose: Intl reads it exactly.
  const text = decimalOf(minor, currency) as Intl.StringNumericLiteral;
  return formatOf(currency, locale).format(text).replace('-', MINUS);
}

/** An amount as text, currency first: GBP 1,234.50. */
export function moneyText(minor: number, currency: string, locale?: string): string {
  return `${currency} ${amountText(minor, currency, locale)}`;
}

/** Minor units of what somebody typed in this locale; null when it is no amount or has too many decimals. */
export function minorOf(typed: string, currency: string, locale?: string): number | null {
  const parts = formatOf('XXX', locale).formatToParts(12_345.6);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const plain = typed.trim().replaceAll(of('group'), '').replace(of('decimal'), '.').replace(MINUS, '-');
  const found = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(plain);
  if (found === null) return null;
  const [, sign = '', whole = '', decimals = ''] = found;
  const exponent = exponentOf(currency);
  if (decimals.length > exponent) return null;
  const minor = Number(`${whole}${decimals.padEnd(exponent, '0')}`);
  if (!Number.isSafeInteger(minor)) return null;
  return sign === '-' && minor !== 0 ? -minor : minor;
}

/** An amount in hundredths of the currency, whatever the currency: FreshBooks writes two decimals for all (freshbooks.md 2.4). */
export type Cents = bigint;

/** Money on the wire: the amount is a string with two decimals. */
export interface Money {
  readonly amount: string;
  readonly code: string;
}

/** An exact decimal number: `unscaled` / 10^`scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Reads a decimal number from a JSON string or number; null when it is neither or has another form. */
export function readDecimal(value: unknown): Decimal | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const parts = /^\s*([+-]?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (parts === null) return null;
  const [, sign, whole = '', fraction = ''] = parts;
  const unscaled = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale: fraction.length };
}

/** Integer division, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const twice = (numerator < 0n ? -numerator : numerator) * 2n + denominator;
  const magnitude = twice / (denominator * 2n);
  return numerator < 0n ? -magnitude : magnitude;
}

/** A decimal as cents, halves away from zero. */
export function decimalToCents({ unscaled, scale }: Decimal): Cents {
  return divideRounded(unscaled * 100n, 10n ** BigInt(scale));
}

/** Quantity times unit cost, rounded once to cents. */
export function multiplyToCents(left: Decimal, right: Decimal): Cents {
  return decimalToCents({ unscaled: left.unscaled * right.unscaled, scale: left.scale + right.scale });
}

/** A percentage of an amount, rounded to cents. */
export function percentOf(cents: Cents, percent: Decimal): Cents {
  return divideRounded(cents * percent.unscaled, 100n * 10n ** BigInt(percent.scale));
}

/** Cents as a string with two decimals. */
export function formatCents(cents: Cents): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents as Money on the wire. */
export function toMoney(cents: Cents, code: string): Money {
  return { amount: formatCents(cents), code };
}

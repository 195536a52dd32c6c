import { decimalToCents, readDecimal } from './amounts.ts';
import type { Cents, Decimal } from './amounts.ts';
import { badField, missingField } from './failures.ts';
import { isDay } from './new-york.ts';

/** A JSON object as it came in. */
export type Body = Readonly<Record<string, unknown>>;

/** Where a value stands: the object's name on the wire and the field. */
export interface Place {
  readonly object: string;
  readonly field: string;
}

/** True for a JSON object. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when the field was sent and is not null or empty: what counts as given. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Refuses with errno 1001 when one of the fields was not given. */
export function requireFields(object: string, body: Body, fields: readonly string[]): void {
  const field = fields.find((name) => !isGiven(body[name]));
  if (field !== undefined) throw missingField(object, field);
}

/** An id sent as a number or as digits; anything else is errno 1015. */
export function idOf(value: unknown, place: Place): number {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw badField({ ...place, value, errno: 1015, message: `The field '${place.field}' must be a number.` });
}

/** A calendar date; anything else is errno 1033. */
export function dayOf(value: unknown, place: Place): string {
  if (isDay(value)) return value;
  throw badField({
    ...place,
    value,
    errno: 1033,
    message: `The field '${place.field}' must be a date (YYYY-MM-DD).`,
  });
}

/** A decimal number, `fallback` when not given; anything else is errno 1015. */
export function decimalOf(value: unknown, place: Place, fallback: Decimal): Decimal {
  if (!isGiven(value)) return fallback;
  const decimal = readDecimal(value);
  if (decimal !== null) return decimal;
  throw badField({ ...place, value, errno: 1015, message: `The field '${place.field}' must be a number.` });
}

/** Money as it was sent: `{"amount","code"}`, where the code may be left out; a negative amount is errno 1025. */
export function moneyOf(
  value: unknown,
  place: Place,
): { readonly cents: Cents; readonly code: string | null } {
  const money: Body = isBody(value) ? value : { amount: value };
  const decimal = readDecimal(money['amount']);
  const said = `The field '${place.field}'`;
  if (decimal === null)
    throw badField({ ...place, value, errno: 1015, message: `${said} must be an amount.` });
  if (decimal.unscaled < 0n) {
    throw badField({ ...place, value, errno: 1025, message: `${said} must not be negative.` });
  }
  const code = money['code'];
  return { cents: decimalToCents(decimal), code: typeof code === 'string' ? code : null };
}

/** Text as it was sent, numbers written out, `fallback` for everything else. */
export function textOf<Fallback>(value: unknown, fallback: Fallback): string | Fallback {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : fallback;
}

/** The sent fields among `names`, by wire name. */
export function pick(body: Body, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]),
  );
}

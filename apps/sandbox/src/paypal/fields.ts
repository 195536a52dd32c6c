import { readAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { malformed, unprocessable } from './refusal.ts';

export type Body = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is a text and not empty: of a body, or of a query. */
export function textIn(members: Body, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The body as an object; an absent one is empty. Refuses anything else. */
export function bodyOf(value: unknown): Body {
  if (value === undefined) return {};
  if (isRecord(value)) return value;
  throw malformed('MALFORMED_REQUEST_JSON', { location: 'body' });
}

/** A member that may be left out; refuses another type or more than `max` characters. */
export function optionalText(body: Body, name: string, max: number, at = ''): string | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  const field = `${at}/${name}`;
  if (typeof value !== 'string') throw malformed('INVALID_PARAMETER_SYNTAX', { field, location: 'body' });
  if (value.length > max) throw malformed('INVALID_STRING_LENGTH', { field, value, location: 'body' });
  return value;
}

/** `{currency_code, value}`; refuses malformed ones with 400 and impossible ones with 422, as PayPal does. */
export function amountIn(value: unknown, field: string): { currency: string; amount: Minor } {
  if (!isRecord(value)) throw malformed('MISSING_REQUIRED_PARAMETER', { field, location: 'body' });
  const { currency_code: currency, value: text } = value;
  if (typeof currency !== 'string')
    throw malformed('MISSING_REQUIRED_PARAMETER', { field: `${field}/currency_code`, location: 'body' });
  if (typeof text !== 'string')
    throw malformed('MISSING_REQUIRED_PARAMETER', { field: `${field}/value`, location: 'body' });
  const amount = readAmount(text, currency);
  const at = { field: `${field}/value`, value: text, location: 'body' as const };
  if (amount === 'INVALID_PARAMETER_SYNTAX') throw malformed(amount, at);
  if (typeof amount === 'string') throw unprocessable(amount, at);
  if (amount <= 0) throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', at);
  return { currency, amount };
}

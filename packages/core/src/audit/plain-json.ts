import type { PlainJson } from './canonical-json.ts';

/** Postgres stores neither in text nor in JSON: U+0000 and halves of a surrogate pair. */
// eslint-disable-next-line no-control-regex -- the control character is the point
const UNSTORABLE = /\u0000|\p{Surrogate}/gu;

/** The text with what Postgres cannot store replaced by U+FFFD, so that a provider's odd name never blocks a record. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

/**
 * Any value as the JSON that will come back from the database: dates as RFC 3339, bigints as numbers (as text beyond
 * 2^53), members without a value left out, what JSON cannot say as null, texts storable.
 */
export function toPlainJson(value: unknown): PlainJson {
  switch (typeof value) {
    case 'string':
      return storableText(value);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : null;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'object':
      return value === null ? null : objectToPlainJson(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      return null;
  }
}

function objectToPlainJson(value: object): PlainJson {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(toPlainJson);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [storableText(key), toPlainJson(member)]));
}

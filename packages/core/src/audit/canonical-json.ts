/** What JSON can say; the only input of `canonicalJson`. */
export type PlainJson =
  null | boolean | number | string | readonly PlainJson[] | { readonly [key: string]: PlainJson };

/**
 * One text per value: keys sorted by UTF-16 code units, no spaces, numbers and strings as JSON.stringify writes them
 * (RFC 8785, JSON Canonicalization Scheme). What a database returns from a JSON column gives the same text again.
 * @throws TypeError for a number that is not finite.
 */
export function canonicalJson(value: PlainJson): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`canonical JSON cannot say ${String(value)}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

function isList(value: object): value is readonly PlainJson[] {
  return Array.isArray(value);
}

/** Longest text kept of a request or an answer in a failure, in characters. */
export const MAX_KEPT_CHARS = 2_000;

const HIDDEN = '[hidden]';

/**
 * Names of members that carry secrets or bank details. Plain `code` is left alone: FreshBooks calls currencies that.
 */
const SECRET_NAME =
  /token|secret|passw|verifier|authoriz|credential|api_?key|private_?key|iban|account_number|account_hash|sort_code|bank_code|branch_code/i;

/** Anything shaped like a credential, wherever it stands: bearer headers and JSON Web Tokens. */
const SECRET_SHAPE = /Bearer\s+[\w.~+/=-]+|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** `name=value` and `"name":"value"` in text that is not JSON. */
const NAMED_VALUE = /([\w-]+)("?\s*[=:]\s*"?)([^"&\s,;}<]+)/g;

function hideMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideMembers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) && member !== null ? HIDDEN : hideMembers(member),
    ]),
  );
}

function hideNamed(text: string): string {
  try {
    return JSON.stringify(hideMembers(JSON.parse(text)));
  } catch {
    return text.replace(NAMED_VALUE, (whole, name: string, between: string) =>
      SECRET_NAME.test(name) ? `${name}${between}${HIDDEN}` : whole,
    );
  }
}

/**
 * A body fit for a failure, a dead letter or a log: secrets hidden by member name, by shape and by the known values
 * given, then cut to MAX_KEPT_CHARS.
 */
export function redactBody(text: string, knownSecrets: readonly string[] = []): string {
  const named = hideNamed(text).replace(SECRET_SHAPE, HIDDEN);
  const clean = knownSecrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), named);
  return clean.length > MAX_KEPT_CHARS ? `${clean.slice(0, MAX_KEPT_CHARS)}… (cut)` : clean;
}

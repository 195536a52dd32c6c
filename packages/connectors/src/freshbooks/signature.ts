import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that carries a callback's signature, lower-case (freshbooks.md 5.3). */
export const SIGNATURE_HEADER = 'x-freshbooks-hmac-sha256';

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** A JSON string as Python's `json.dumps` writes it (`ensure_ascii`): everything outside 0x20–0x7E escaped. */
function pythonString(text: string): string {
  // No `u` flag: characters beyond the BMP have to be escaped as two surrogates.
  const escaped = text.replace(
    /["\\]|[^ -~]/g,
    (char) => SHORT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function pythonJson(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([name, value]) => `${pythonString(name)}: ${pythonString(value)}`).join(', ')}}`;
}

/** The fields of a form body in received order; of a repeated name the first wins, as in FreshBooks' own snippet. */
export function formFields(rawBody: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(Buffer.from(rawBody).toString('utf8'))) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

/**
 * False for bytes no form encoder writes: anything but printable ASCII, or hex digits of both cases in one body. The
 * signature covers the decoded fields, so without this a changed byte that decodes to the same field would pass.
 */
export function isPlainForm(rawBody: Uint8Array): boolean {
  const text = Buffer.from(rawBody).toString('latin1');
  if (!/^[!-~]*$/.test(text)) return false;
  const hex = (text.match(/%[0-9a-f]{2}/gi) ?? []).join('');
  return !(/[a-f]/.test(hex) && /[A-F]/.test(hex));
}

/**
 * What FreshBooks may have signed (freshbooks.md 5.4): the fields as a Python dict dumped to JSON, in received order
 * or, because no order is promised anywhere, sorted by name.
 */
export function signedMessages(rawBody: Uint8Array): readonly [received: string, sorted: string] {
  const received = [...formFields(rawBody)];
  const sorted = received.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return [pythonJson(received), pythonJson(sorted)];
}

/** Base64 of the HMAC-SHA256 under the callback's verifier. */
export function sign(message: string, verifier: string): string {
  return createHmac('sha256', Buffer.from(verifier, 'utf8')).update(message, 'utf8').digest('base64');
}

function equalText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'latin1'), Buffer.from(right, 'latin1')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Whether one of the verifiers signed the body. The base64 text itself is compared, not what it decodes to (its last
 * character has unused bits), and every candidate is tried whatever the others said.
 */
export function isSigned(rawBody: Uint8Array, signature: string, verifiers: readonly string[]): boolean {
  const messages = signedMessages(rawBody);
  return verifiers
    .filter((verifier) => verifier !== '')
    .flatMap((verifier) => messages.map((message) => sign(message, verifier)))
    .map((expected) => equalText(expected, signature))
    .includes(true);
}

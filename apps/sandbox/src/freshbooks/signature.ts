import { createHmac } from 'node:crypto';

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** A string as Python's `json.dumps` writes it with `ensure_ascii`: astral characters as two escapes. */
function pythonString(text: string): string {
  const escaped = text.replace(
    /["\\]|[^ -~]/g,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/**
 * The `X-FreshBooks-Hmac-SHA256` header: base64 of HMAC-SHA256 over the Python-style JSON of the form fields in the
 * order they are sent, keyed with the callback's verifier (freshbooks.md 5.4).
 */
export function signFields(fields: readonly (readonly [string, string])[], verifier: string): string {
  const message = `{${fields.map(([key, value]) => `${pythonString(key)}: ${pythonString(value)}`).join(', ')}}`;
  return createHmac('sha256', Buffer.from(verifier, 'utf8')).update(message, 'utf8').digest('base64');
}

/** Names whose values are credentials, whatever stands around the word. */
const SECRET_NAME =
  /(token|secret|password|passwd|authorization|cookie|verifier|apikey|api_key|privatekey|private_key|signature|vaultkeys?)$/i;
/** Names whose values are bodies: personal and bulky, never logged. */
const BODY_NAME = /^(body|rawBody|payload|request|response|headers)$/;
const DEPTH_MAX = 6;
const TEXT_MAX = 2_000;
const LIST_MAX = 50;

function textOf(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… (${text.length} characters)` : text;
}

function errorOf(error: Error, depth: number): unknown {
  const { name, message, stack, cause, ...rest } = error;
  return {
    name,
    message: textOf(message),
    ...(loggable(rest, depth + 1) as object),
    ...(stack === undefined ? {} : { stack: textOf(stack) }),
    ...(cause === undefined ? {} : { cause: loggable(cause, depth + 1) }),
  };
}

function fieldOf(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (SECRET_NAME.test(name)) return '[redacted]';
  if (BODY_NAME.test(name)) return '[left out]';
  return loggable(value, depth + 1);
}

/** A value as it may stand in a log line: bounded, without credentials and bodies, JSON only. */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[deeper]';
  if (value instanceof Error) return errorOf(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).map((item) => loggable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fieldOf(name, inner, depth)]),
  );
}

import { z } from 'zod';
import { parseVaultKeys } from './vault-keys.ts';

/** Any text of sane length. */
export const text = z.string().max(4_096, 'must not be longer than 4096 characters');

/** A whole number within bounds, written in digits; `fallback` when the variable is unset. */
export function wholeNumber(fallback: number, min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(fallback);
}

/** A TCP port; 0 lets the system choose a free one (tests). */
export const port = (fallback: number) => wholeNumber(fallback, 0, 65_535);

function isBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
  );
}

/** An address to append paths to: http or https, no query, no credentials; a trailing slash is taken off. */
export const baseUrl = z
  .string()
  .refine(isBase, 'must be an http:// or https:// address without query, fragment or user name')
  .transform((text) => text.replace(/\/+$/, ''));

/** True when the text is an address with one of the schemes (given without colon) and a host. */
export function hasScheme(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '';
}

/** One or several queue addresses: `redis://…`, `rediss://…` (several = cluster nodes) or one `postgres://…`. */
export const queueUrls = z.string().transform((text, context) => {
  const urls = text.split(',').map((part) => part.trim());
  const allRedis = urls.every((url) => hasScheme(url, ['redis', 'rediss']));
  const onePostgres = urls.length === 1 && hasScheme(text, ['postgres', 'postgresql']);
  if (!allRedis && !onePostgres) {
    context.addIssue(
      'must be redis://host:port or rediss://host:port (several comma-separated ones are cluster nodes), or one postgres://… address',
    );
  }
  return urls;
});

/** `id:base64key[,…]`; the message never repeats key material. */
export const vaultKeys = text.transform((value, context) => {
  const keys = parseVaultKeys(value);
  if (typeof keys !== 'string') return keys;
  context.addIssue(keys);
  return z.NEVER;
});

/** An address of a Postgres database. */
export const postgresUrl = text.refine(
  (value) => hasScheme(value, ['postgres', 'postgresql']),
  'must be postgres://user:password@host:port/database',
);

/** An address of a mail server. */
export const smtpUrl = text.refine(
  (value) => hasScheme(value, ['smtp', 'smtps']),
  'must be smtp://user:password@host:port or smtps://…',
);

import type { HttpRequest } from '@mlc/core';
import type { CallInWords } from '../shared/failure.ts';
import { redactBody } from '../shared/redact.ts';

/** A request before it has an address and a token. */
export interface Outgoing {
  /** In our words, e.g. `getCapture`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Starts with `/`; ids in it have been checked by `isPaypalId`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON, sent exactly as it stands. */
  readonly body?: string;
  /** A POST that changes nothing. */
  readonly asks?: boolean;
}

/** Ids as they have been seen, with room (paypal.md 0): what is none would be another path. */
export function isPaypalId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id);
}

/** Base URLs come from people, with and without a slash at the end. */
export function withoutEndSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function pathOf({ path, query = {} }: Outgoing): string {
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return text === '' ? path : `${path}?${text}`;
}

/** The call as failures tell it. */
export function inWords(outgoing: Outgoing): CallInWords {
  const { operation, method, body, asks } = outgoing;
  return {
    provider: 'paypal',
    operation,
    write: method !== 'GET' && asks !== true,
    // Only failures tell it.
    get request() {
      return `${method} ${pathOf(outgoing)}${body === undefined ? '' : ` ${redactBody(body)}`}`;
    },
  };
}

/** The request as it goes out. */
export function toHttp(apiUrl: string, outgoing: Outgoing, token: string): HttpRequest {
  const { method, body } = outgoing;
  return {
    method,
    url: withoutEndSlash(apiUrl) + pathOf(outgoing),
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    idempotentRead: method === 'GET',
  };
}

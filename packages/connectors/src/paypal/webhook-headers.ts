import type { Delivery } from '@mlc/core';

/** The five headers PayPal signs a delivery with, checked for shape (paypal.md 2.11, 3.5). */
export interface SignedHeaders {
  readonly transmissionId: string;
  /** As it stood in the header: it is part of the signed text. */
  readonly transmissionTime: string;
  readonly transmittedMs: number;
  readonly signature: string;
  readonly certUrl: string;
}

const ALGORITHM = 'SHA256withRSA';
const CERT_URL_LENGTH_MAX = 500;

/**
 * Exact shapes, so that a header that came twice (joined with `, `), is too long or holds a `|`, which would shift the
 * borders of the signed text, is refused.
 */
const SHAPES = {
  'paypal-transmission-id': /^[A-Za-z0-9-]{1,50}$/,
  'paypal-transmission-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
  'paypal-transmission-sig': /^[A-Za-z0-9+/]{1,1022}={0,2}$/,
  'paypal-cert-url': /^[\x21-\x2b\x2d-\x7e]+$/,
  'paypal-auth-algo': /^[A-Za-z0-9]{1,100}$/,
} as const;

/** Reads them; a sentence naming the header when one is missing or odd. */
export function readSignedHeaders(headers: Delivery['headers']): SignedHeaders | string {
  for (const [name, shape] of Object.entries(SHAPES)) {
    const value = headers[name] ?? '';
    if (value === '') return `${name} is missing`;
    if (!shape.test(value)) return `${name} is not as PayPal sends it`;
  }
  const text = (name: keyof typeof SHAPES): string => headers[name] ?? '';
  // Chosen here, not by the sender (paypal.md 3.1).
  if (text('paypal-auth-algo') !== ALGORITHM) return `paypal-auth-algo is not ${ALGORITHM}`;
  const transmissionTime = text('paypal-transmission-time');
  const transmittedMs = Date.parse(transmissionTime);
  if (Number.isNaN(transmittedMs)) return 'paypal-transmission-time is no moment';
  if (text('paypal-cert-url').length > CERT_URL_LENGTH_MAX) return 'paypal-cert-url is too long';
  return {
    transmissionId: text('paypal-transmission-id'),
    transmissionTime,
    transmittedMs,
    signature: text('paypal-transmission-sig'),
    certUrl: text('paypal-cert-url'),
  };
}

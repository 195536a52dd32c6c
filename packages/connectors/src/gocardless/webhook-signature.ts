import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Verification } from '@mlc/core';

const SIGNATURE_LENGTH = 64;

/**
 * Checks `Webhook-Signature`: lower-case hex of HMAC-SHA256 over the raw body, keyed with the endpoint's secret as UTF-8
 * bytes (gocardless.md 4.2). Compared as text in constant time, so that not even another spelling of the same hex passes.
 * Any one of `secrets` may fit; an empty one never does.
 */
export function verifySignature(delivery: Delivery, secrets: readonly string[]): Verification {
  const signature = delivery.headers['webhook-signature'];
  if (signature === undefined || signature === '') return { ok: false, why: 'no Webhook-Signature header' };
  // latin1 keeps one byte per character: whatever was sent has its own length.
  const given = Buffer.from(signature, 'latin1');
  if (given.length !== SIGNATURE_LENGTH) {
    return {
      ok: false,
      why: `Webhook-Signature is ${given.length} characters long, not ${SIGNATURE_LENGTH}`,
    };
  }
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return { ok: false, why: 'this connection has no webhook secret' };
  if (usable.some((secret) => timingSafeEqual(given, expectedSignature(delivery.rawBody, secret)))) {
    return { ok: true };
  }
  return { ok: false, why: 'Webhook-Signature fits none of the secrets' };
}

function expectedSignature(rawBody: Uint8Array, secret: string): Buffer {
  return Buffer.from(createHmac('sha256', secret).update(rawBody).digest('hex'), 'latin1');
}

import { constants, type KeyObject, verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SignedHeaders } from './webhook-headers.ts';

/** PayPal's webhook ids (paypal.md 0). */
const WEBHOOK_ID = /^[A-Za-z0-9]{1,50}$/;

/**
 * Webhook ids that may verify anything. The literal `WEBHOOK_ID` never does: PayPal's simulator signs with it for anybody
 * who asks (paypal.md 3.7).
 */
export function usableWebhookIds(secrets: readonly string[]): readonly string[] {
  return secrets.filter((id) => WEBHOOK_ID.test(id) && id.toUpperCase() !== 'WEBHOOK_ID');
}

/** The signed text: `transmissionId|transmissionTime|webhookId|crc32(raw body)`, the sum unsigned decimal (paypal.md 3.1). */
export function signedText(headers: SignedHeaders, webhookId: string, rawBody: Uint8Array): Buffer {
  const text = `${headers.transmissionId}|${headers.transmissionTime}|${webhookId}|${crc32(rawBody)}`;
  return Buffer.from(text, 'latin1');
}

/**
 * The webhook id whose text this key signed (RSASSA-PKCS1-v1_5, SHA-256); null when there is none. The signature has to be
 * as long as the key and written in the one canonical base64, so that no other spelling of it passes.
 */
export function signedWebhookId(
  headers: SignedHeaders,
  rawBody: Uint8Array,
  key: KeyObject,
  webhookIds: readonly string[],
): string | null {
  const signature = Buffer.from(headers.signature, 'base64');
  if (signature.toString('base64') !== headers.signature) return null;
  if (signature.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return null;
  const fits = (id: string): boolean =>
    verify(
      'sha256',
      signedText(headers, id, rawBody),
      { key, padding: constants.RSA_PKCS1_PADDING },
      signature,
    );
  return webhookIds.find(fits) ?? null;
}

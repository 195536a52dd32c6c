import { sign, verify, webcrypto, X509Certificate } from 'node:crypto';
import { KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a signature covers, with the bytes of the body exactly as they are sent (paypal.md 3.1). */
export interface Transmission {
  readonly id: string;
  /** ISO, whole seconds, Z. */
  readonly time: string;
  readonly webhookId: string;
  readonly body: string;
}

/** The signed text: the CRC-32 of the body as an unsigned decimal. */
export function signedText({ id, time, webhookId, body }: Transmission): string {
  return `${id}|${time}|${webhookId}|${crc32(body)}`;
}

/** Base64 of RSA PKCS#1 v1.5 over SHA-256. */
export function signTransmission(transmission: Transmission, privateKey: webcrypto.CryptoKey): string {
  return sign('sha256', Buffer.from(signedText(transmission)), KeyObject.from(privateKey)).toString('base64');
}

/** Whether `signature` is that of the certificate over the transmission. */
export function isSignedBy(transmission: Transmission, signature: string, certificatePem: string): boolean {
  const { publicKey } = new X509Certificate(certificatePem);
  return verify('sha256', Buffer.from(signedText(transmission)), publicKey, Buffer.from(signature, 'base64'));
}

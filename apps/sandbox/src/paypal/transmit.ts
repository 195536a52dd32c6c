import type { Delivery } from '../deliveries.ts';
import type { Signer } from './certificate-desk.ts';
import { transmissionId } from './ids.ts';
import { signTransmission } from './signature.ts';
import { seconds } from './times.ts';

/** The literal PayPal's simulator signs with instead of an id (paypal.md 3.7). */
export const SIMULATOR_WEBHOOK_ID = 'WEBHOOK_ID';

/** One delivery with PayPal's headers (paypal.md 2.11), signed under a new transmission id. */
export function transmission(
  signer: Signer,
  { url, webhookId, body, atMs }: { url: string; webhookId: string; body: string; atMs: number },
): Delivery {
  const [id, time] = [transmissionId(), seconds(atMs)];
  const signature = signTransmission({ id, time, webhookId, body }, signer.leaf.privateKey);
  const headers = {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'PayPal/AUHD-214.0-58391792',
    'PAYPAL-TRANSMISSION-ID': id,
    'PAYPAL-TRANSMISSION-TIME': time,
    'PAYPAL-TRANSMISSION-SIG': signature,
    'PAYPAL-CERT-URL': signer.url,
    'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
    'PAYPAL-AUTH-VERSION': 'v2',
    'CORRELATION-ID': id.slice(0, 13).replace('-', ''),
    'X-B3-SPANID': id.replaceAll('-', '').slice(0, 16),
  };
  return { id, url, headers, body };
}

import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { type PaypalAccess, paypalClient } from './client.ts';
import type { SignedHeaders } from './webhook-headers.ts';
import { isObject, parseJson } from './json.ts';

/**
 * The body of PayPal's own verification (paypal.md 3.8): the raw body goes in byte for byte, because PayPal sums up what
 * it gets and any other spelling of the same JSON fails. Null when the body is no JSON object by itself: spliced in, it
 * could then speak for the fields around it.
 */
export function postbackBody(headers: SignedHeaders, webhookId: string, rawBody: Uint8Array): string | null {
  if (!isUtf8(rawBody)) return null;
  const event = Buffer.from(rawBody).toString('utf8');
  if (!isObject(parseJson(event))) return null;
  const fields = JSON.stringify({
    auth_algo: 'SHA256withRSA',
    cert_url: headers.certUrl,
    transmission_id: headers.transmissionId,
    transmission_sig: headers.signature,
    transmission_time: headers.transmissionTime,
    webhook_id: webhookId,
  });
  return `${fields.slice(0, -1)},"webhook_event":${event}}`;
}

const answer = z.object({ verification_status: z.string() });

/**
 * Asks PayPal whether a delivery is its own; `requestBody` is what `verifyByPaypal` is handed. The access has to be the
 * app's that owns the webhook. FAILURE comes with status 200. Rejects with ConnectorError when PayPal gives no verdict.
 */
export async function askPaypal(access: PaypalAccess, requestBody: string): Promise<boolean> {
  const { verification_status } = await paypalClient(access).send({
    operation: 'verifyWebhookSignature',
    method: 'POST',
    path: '/v1/notifications/verify-webhook-signature',
    body: requestBody,
    asks: true,
    answer,
  });
  return verification_status === 'SUCCESS';
}

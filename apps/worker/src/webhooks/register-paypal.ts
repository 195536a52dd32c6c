import { paypalWebhooks } from '@mlc/connectors';
import { ConnectorError } from '@mlc/core';
import { setPaypalWebhook } from '@mlc/platform/connections/paypal-webhook';
import { webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import type { EndpointLine } from './register-freshbooks.ts';
import type { Registrar } from './registrar.ts';

/**
 * Finds the webhook of our address at PayPal, else makes it, and keeps its id: without it nothing can be verified.
 * Where PayPal refuses (it wants https on port 443), `problem` says why and the line is `manual`.
 */
export async function registerPaypal(
  { database, clock, config, connections }: Registrar,
  { businessId, connectionId }: { readonly businessId: string; readonly connectionId: string },
): Promise<{ readonly lines: readonly EndpointLine[]; readonly problem: string | null }> {
  const { paypal } = await connections().accessTo(businessId);
  if (paypal === null) return { lines: [], problem: null };
  const url = webhookUrl(config.publicUrl, 'paypal', connectionId);
  const line = { provider: 'paypal', event: '*', url };
  try {
    const { webhook, state } = await paypalWebhooks(paypal).ensure(url);
    await setPaypalWebhook(database, clock, { connectionId, webhookId: webhook.id });
    return { lines: [{ ...line, state, id: webhook.id }], problem: null };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { lines: [{ ...line, state: 'manual', id: null }], problem: error.message };
  }
}

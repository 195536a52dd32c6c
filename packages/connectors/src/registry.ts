import type { WebhookReader } from '@mlc/core';
import { freshbooksWebhook } from './freshbooks/webhook.ts';
import { gocardlessWebhook } from './gocardless/webhook.ts';
import { paypalEvents, paypalWebhook } from './paypal/webhook.ts';
import type { PaypalWebhookOptions } from './paypal/webhook-verification.ts';

/** What of a reader needs nothing but the event. */
export type EventReader = Pick<WebhookReader, 'provider' | 'split' | 'translate'>;

/** Who understands the events of which provider: a new provider is its folder and a line here and below. */
export const eventReaders: ReadonlyMap<string, EventReader> = byProvider([
  freshbooksWebhook,
  gocardlessWebhook,
  paypalEvents,
]);

/** Who reads the webhooks of which provider. PayPal's reader fetches certificates and so has options. */
export function webhookReaders(paypal: PaypalWebhookOptions): ReadonlyMap<string, WebhookReader> {
  return byProvider([freshbooksWebhook, gocardlessWebhook, paypalWebhook(paypal)]);
}

function byProvider<Reader extends EventReader>(readers: readonly Reader[]): ReadonlyMap<string, Reader> {
  return new Map(readers.map((reader) => [reader.provider, reader]));
}

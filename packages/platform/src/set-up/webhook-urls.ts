import type { AppliedBusiness } from './apply-business.ts';

/** FreshBooks events we want a callback for (design section 4). */
export const FRESHBOOKS_EVENTS = [
  'invoice.create',
  'invoice.update',
  'invoice.delete',
  'invoice.sendByEmail',
  'client.create',
  'client.update',
  'client.delete',
  'payment.create',
  'payment.update',
  'payment.delete',
] as const;

/** Where each provider of a business has to deliver: one address, or for FreshBooks one per event. */
export type WebhookUrls = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The ingress's address of one connection (and FreshBooks event). */
export function webhookUrl(
  publicUrl: string,
  provider: string,
  connectionId: string,
  event?: string,
): string {
  const url = `${publicUrl}/webhooks/${provider}/${connectionId}`;
  return event === undefined ? url : `${url}/${event}`;
}

/** All webhook addresses of a business; contract sections 4 and 5. */
export function webhookUrls(
  publicUrl: string,
  { connections, callbackEvents }: Pick<AppliedBusiness, 'connections' | 'callbackEvents'>,
): WebhookUrls {
  const events = [...new Set([...FRESHBOOKS_EVENTS, ...callbackEvents])];
  const urlsOf = (provider: string, id: string) =>
    provider === 'freshbooks'
      ? Object.fromEntries(events.map((event) => [event, webhookUrl(publicUrl, provider, id, event)]))
      : webhookUrl(publicUrl, provider, id);
  return Object.fromEntries(
    Object.entries(connections).map(([provider, { id }]) => [provider, urlsOf(provider, id)]),
  );
}

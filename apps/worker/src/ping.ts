import { freshbooksPing, gocardlessPing, paypalPing } from '@mlc/connectors';
import type { PingResult } from '@mlc/core';
import type { Connections } from './connectors.ts';

/** What a provider answered to a harmless call. */
export interface PingLine extends PingResult {
  readonly provider: string;
}

/** One harmless live call per connection of a business, or to one provider only. */
export async function pingBusiness(
  connections: Connections,
  businessId: string,
  only?: string,
): Promise<PingLine[]> {
  const { freshbooks, gocardless, paypal } = await connections.accessTo(businessId);
  const pings: Promise<PingLine>[] = [];
  const add = (provider: string, call: () => Promise<PingResult>): void => {
    if (only !== undefined && only !== provider) return;
    pings.push(call().then(({ ok, latencyMs, detail }) => ({ provider, ok, latencyMs, detail })));
  };
  if (freshbooks !== null) add('freshbooks', () => freshbooksPing(freshbooks));
  if (gocardless !== null) add('gocardless', () => gocardlessPing(gocardless));
  if (paypal !== null) add('paypal', () => paypalPing(paypal));
  return Promise.all(pings);
}

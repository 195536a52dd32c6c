import { freshbooksEventSources, gocardlessEventSources, paypalEventSources } from '@mlc/connectors';
import type { Clock, EventSource } from '@mlc/core';
import type { Connections } from '../connectors.ts';

/** The lists of one connection's provider, in the order they are read; none for a provider without any. */
export async function eventSourcesOf(
  connections: Connections,
  clock: Clock,
  { businessId, provider }: { readonly businessId: string; readonly provider: string },
): Promise<readonly EventSource[]> {
  if (provider === 'paypal') {
    const { captures } = await connections.of(businessId);
    return paypalEventSources({ captures, clock });
  }
  const { freshbooks, gocardless } = await connections.accessTo(businessId);
  switch (provider) {
    case 'freshbooks':
      return freshbooks === null ? [] : freshbooksEventSources(freshbooks);
    case 'gocardless':
      return gocardless === null ? [] : gocardlessEventSources(gocardless);
    default:
      return [];
  }
}

import { freshbooksPing, gocardlessPing, paypalPing } from '@mlc/connectors';
import type { PingResult } from '@mlc/core';
import { type HeldConnection, heldConnections, heldText } from '@mlc/platform/set-up/ownership';
import type { Connections } from '@mlc/worker';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { chosenBusinesses, withProviders } from '../with-providers.ts';

interface PingLine extends PingResult {
  readonly provider: string;
}

/** One line per connection. */
async function pingBusiness(connections: Connections, businessId: string): Promise<PingLine[]> {
  const { freshbooks, gocardless, paypal } = await connections.accessTo(businessId);
  const pings: Promise<PingLine>[] = [];
  const add = (provider: string, result: Promise<PingResult>) =>
    pings.push(result.then(({ ok, latencyMs, detail }) => ({ provider, ok, latencyMs, detail })));
  if (freshbooks !== null) add('freshbooks', freshbooksPing(freshbooks));
  if (gocardless !== null) add('gocardless', gocardlessPing(gocardless));
  if (paypal !== null) add('paypal', paypalPing(paypal));
  return Promise.all(pings);
}

function heldLine(held: HeldConnection): PingLine {
  return { provider: held.provider, ok: false, latencyMs: 0, detail: heldText(held) };
}

/** `mlc ping`: one harmless live call per connection; exit status 1 when one of them fails. */
export const ping: Verb = (call) =>
  withProviders(call, async ({ runtime, connections }) => {
    const businesses = await chosenBusinesses(call, runtime);
    const lines: PingLine[] = [];
    const held = await heldConnections(runtime.database);
    for (const { id, slug } of businesses) {
      lines.push(...held.filter(({ business }) => business === slug).map(heldLine));
      lines.push(...(await pingBusiness(connections, id)));
    }
    await printList(call, lines, [
      { title: 'provider', of: ({ provider }) => provider },
      { title: 'ok', of: ({ ok }) => (ok ? 'yes' : 'no') },
      { title: 'ms', of: ({ latencyMs }) => latencyMs, align: 'right' },
      { title: 'detail', of: ({ detail }) => detail },
    ]);
    return lines.every(({ ok }) => ok) ? 0 : 1;
  });

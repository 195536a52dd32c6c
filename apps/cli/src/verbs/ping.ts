import { type HeldConnection, heldConnections, heldText } from '@mlc/platform/set-up/ownership';
import { pingBusiness, type PingLine } from '@mlc/worker';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { chosenBusinesses, withProviders } from '../with-providers.ts';

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

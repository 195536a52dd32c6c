import { connectionsOf } from '@mlc/platform/db/connections';
import { webhookUrl } from '@mlc/platform/db/webhook-urls';
import { printList } from '../print.ts';
import { type EndpointLine, registerFreshbooks } from '../register-freshbooks.ts';
import type { Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { withProviders } from '../with-providers.ts';

/** `mlc webhooks register`: exit status 1 when FreshBooks did not verify every callback in time. */
export const webhooksRegister: Verb = (call) =>
  withProviders(call, async (opened) => {
    const { config, database } = opened.runtime;
    const business = await oneBusiness(call, database);
    const lines: EndpointLine[] = [];
    const unverified: string[] = [];
    for (const connection of await connectionsOf(database.prisma, business.id)) {
      if (connection.provider === 'freshbooks') {
        const target = { businessId: business.id, connectionId: connection.id };
        const registered = await registerFreshbooks(opened, target, call.shell);
        lines.push(...registered.lines);
        unverified.push(...registered.pending);
        continue;
      }
      const { provider, settings } = connection;
      // GoCardless endpoints can only be made in its dashboard.
      const id = provider === 'paypal' ? settings.webhookId : null;
      const url = webhookUrl(config.publicUrl, provider, connection.id);
      lines.push({ provider, event: '*', url, state: 'manual', id });
      call.shell.err(`${provider}: paste this address into its dashboard: ${url}\n`);
    }
    await printList(call, lines, [
      { title: 'provider', of: ({ provider }) => provider },
      { title: 'event', of: ({ event }) => event },
      { title: 'state', of: ({ state }) => state },
      { title: 'id', of: ({ id }) => id },
      { title: 'url', of: ({ url }) => url },
    ]);
    if (unverified.length === 0) return 0;
    call.shell.err(
      `mlc: FreshBooks did not verify ${unverified.join(', ')}: the ingress must run and be reachable at ${config.publicUrl}; then run this again\n`,
    );
    return 1;
  });

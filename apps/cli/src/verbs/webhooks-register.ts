import { connectionsOf } from '@mlc/platform/connections/connections';
import { webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import { type EndpointLine, registerFreshbooks, registerPaypal } from '@mlc/worker';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { waitForHandshakes } from '../wait-for-handshakes.ts';
import { withProviders } from '../with-providers.ts';

/** `mlc webhooks register`: exit status 1 when an endpoint could not be registered or verified in time. */
export const webhooksRegister: Verb = (call) =>
  withProviders(call, async (opened) => {
    const { config, database } = opened.runtime;
    const business = await oneBusiness(call, database);
    const lines: EndpointLine[] = [];
    const unverified: string[] = [];
    const problems: string[] = [];
    const registrar = { ...opened.runtime, connections: () => opened.connections };
    for (const connection of await connectionsOf(database.prisma, business.id)) {
      if (connection.provider === 'freshbooks') {
        const target = { businessId: business.id, connectionId: connection.id };
        const told = ({ event, state }: EndpointLine): void =>
          call.shell.err(`freshbooks ${event}: ${state}\n`);
        const registered = await registerFreshbooks(registrar, target, told);
        lines.push(...registered);
        if (registered.length > 0)
          unverified.push(...(await waitForHandshakes(opened, connection.id, call.shell)));
        continue;
      }
      if (connection.provider === 'paypal') {
        const target = { businessId: business.id, connectionId: connection.id };
        const registered = await registerPaypal(registrar, target);
        lines.push(...registered.lines);
        if (registered.problem !== null) problems.push(registered.problem);
        continue;
      }
      // GoCardless endpoints can only be made in its dashboard.
      const { provider } = connection;
      const url = webhookUrl(config.publicUrl, provider, connection.id);
      lines.push({ provider, event: '*', url, state: 'manual', id: null });
      call.shell.err(`${provider}: paste this address into its dashboard: ${url}\n`);
    }
    await printList(call, lines, [
      { title: 'provider', of: ({ provider }) => provider },
      { title: 'event', of: ({ event }) => event },
      { title: 'state', of: ({ state }) => state },
      { title: 'id', of: ({ id }) => id },
      { title: 'url', of: ({ url }) => url },
    ]);
    if (unverified.length > 0) {
      problems.push(
        `FreshBooks did not verify ${unverified.join(', ')}: the ingress must run and be reachable at ${config.publicUrl}; then run this again`,
      );
    }
    for (const problem of problems) call.shell.err(`mlc: ${problem}\n`);
    return problems.length === 0 ? 0 : 1;
  });

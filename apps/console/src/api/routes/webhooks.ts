import { ConnectorError } from '@mlc/core';
import { presentConnection } from '@mlc/platform/set-up/present-connection';
import { webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import { registerFreshbooks, registerPaypal } from '@mlc/worker';
import { Problem } from '../../http/problem.ts';
import { provider } from '../connection-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { registeredWebhooks } from '../preview-schemas.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

export const webhookRoutes = [
  route({
    id: 'registerWebhooks',
    method: 'post',
    path: '/connections/{provider}/webhooks',
    summary:
      'Register our webhooks there, or send the handshakes anew; GoCardless’ are made in its dashboard',
    role: 'admin',
    isSensitive: true,
    within: 'business',
    params: z.object({ provider }),
    query: z.strictObject(ofBusiness),
    status: 200,
    answer: registeredWebhooks,
    run: async ({ parts, business, params }) => {
      const present = await presentConnection(parts.database, { businessId: business.id, ...params });
      if (present === null) throw new Problem('not-found', `${params.provider} is not connected.`);
      const target = { businessId: business.id, connectionId: present.id };
      return { body: mutable(await registered(parts, params.provider, target)) };
    },
  }),
];

interface Target {
  readonly businessId: string;
  readonly connectionId: string;
}

async function registered(parts: ApiParts, name: z.output<typeof provider>, target: Target) {
  const registrar = { ...parts, vault: parts.desk.vault };
  switch (name) {
    case 'freshbooks': {
      const items = await registerFreshbooks(registrar, target).catch((error: unknown) => {
        if (!(error instanceof ConnectorError)) throw error;
        throw new Problem('unavailable', 'FreshBooks does not register webhooks now: try again.');
      });
      return { items, problem: null };
    }
    case 'paypal': {
      const { lines: items, problem } = await registerPaypal(registrar, target);
      return { items, problem };
    }
    case 'gocardless': {
      const url = webhookUrl(parts.config.publicUrl, name, target.connectionId);
      const problem = 'Paste this address into GoCardless’ dashboard, and its secret here.';
      return { items: [{ provider: name, event: '*', url, state: 'manual' as const, id: null }], problem };
    }
  }
}

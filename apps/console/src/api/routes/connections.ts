import { BusinessFileError } from '@mlc/platform/config/business-file';
import { changeBusiness } from '@mlc/platform/set-up/change-business';
import { beginConsent, pendingConsent } from '@mlc/platform/set-up/oauth-consent';
import { type PresentConnection, presentConnection } from '@mlc/platform/set-up/present-connection';
import { FRESHBOOKS_EVENTS, webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import { connectionHealth } from '@mlc/platform/views/connections';
import { pingBusiness } from '@mlc/worker';
import type { Business } from '@mlc/core';
import { Problem } from '../../http/problem.ts';
import {
  accountsOf,
  answerIn,
  completeConsent,
  connectAccount,
  consentsOf,
} from '../../oauth/complete-consent.ts';
import { listOf } from '../account-schemas.ts';
import {
  authorisation,
  connectionChange,
  connectionDetails,
  consentAccount,
  provider,
} from '../connection-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { connection, ping } from '../view-schemas.ts';
import { z } from '../zod.ts';
import { changedConnection } from './changed-connection.ts';
import { mutable } from './reviews.ts';

const inBusiness = { within: 'business', query: z.strictObject(ofBusiness), status: 200 } as const;
const one = { ...inBusiness, params: z.object({ provider }) } as const;
const admin = { role: 'admin', isSensitive: true } as const;

export const connectionRoutes = [
  route({
    id: 'listConnections',
    method: 'get',
    path: '/connections',
    summary: 'Whether each provider is connected and tells us everything',
    role: 'viewer',
    ...inBusiness,
    answer: listOf(connection),
    run: async ({ parts, business }) => ({
      body: { items: mutable(await connectionHealth(parts.database, business.id)) },
    }),
  }),
  route({
    id: 'authoriseFreshbooks',
    method: 'post',
    path: '/connections/freshbooks/authorisations',
    summary: 'Begin a consent at FreshBooks: open the address in this browser within ten minutes',
    ...admin,
    ...inBusiness,
    status: 201,
    isSecret: true,
    answer: authorisation,
    run: async ({ parts, business, caller }) => ({
      body: await begun(parts, {
        businessId: business.id,
        sessionId: caller.session?.id ?? null,
        actor: caller.actor,
      }),
    }),
  }),
  route({
    id: 'pasteAuthorisation',
    method: 'post',
    path: '/connections/freshbooks/authorisations/address',
    summary: 'Where the console has no https yet: the whole address the browser ended at after the consent',
    ...admin,
    ...inBusiness,
    body: z.strictObject({ address: z.url().max(4_000) }),
    status: 204,
    answer: null,
    run: async ({ parts, caller, body }) => {
      await completeConsent(parts, caller, answerIn(new URL(body.address).searchParams));
      return { body: null };
    },
  }),
  route({
    id: 'listConsentAccounts',
    method: 'get',
    path: '/connections/freshbooks/account',
    summary: 'Accounts of the login that gave its consent, those that cannot be chosen with the reason',
    role: 'admin',
    ...inBusiness,
    answer: listOf(consentAccount),
    run: async ({ parts, business }) => {
      const tokens = await pendingConsent(consentsOf(parts), business.id);
      return { body: { items: tokens === null ? [] : mutable(await accountsOf(parts, tokens)) } };
    },
  }),
  route({
    id: 'chooseAccount',
    method: 'put',
    path: '/connections/freshbooks/account',
    summary: 'Connect the business with this account, of the login that gave its consent',
    ...admin,
    ...inBusiness,
    body: z.strictObject({ accountId: z.string().regex(/^[A-Za-z0-9]{1,32}$/) }),
    answer: connectionDetails,
    run: async ({ parts, business, caller, body }) => {
      const tokens = await pendingConsent(consentsOf(parts), business.id);
      if (tokens === null) throw new Problem('conflict', 'No consent waits for an account: press Connect.');
      await connectAccount(parts, { businessId: business.id, actor: caller.actor, ...body }, tokens).catch(
        asProblem,
      );
      return reply(parts, await found(parts, business, 'freshbooks'));
    },
  }),
  route({
    id: 'getConnection',
    method: 'get',
    path: '/connections/{provider}',
    summary: 'What is stored of a connection; secrets only as when they were set',
    role: 'viewer',
    ...one,
    answer: connectionDetails,
    run: async ({ parts, business, params }) => reply(parts, await found(parts, business, params.provider)),
  }),
  route({
    id: 'changeConnection',
    method: 'patch',
    path: '/connections/{provider}',
    summary:
      'Connect GoCardless or PayPal, or change credentials and ids; what is left out stays. A first one: If-Match "r0"',
    ...admin,
    ...one,
    body: connectionChange,
    needsMatch: true,
    answer: connectionDetails,
    run: async ({ parts, business, caller, params, body, revision }) => {
      const present = await presentConnection(parts.database, { businessId: business.id, ...params });
      if ((present?.revision ?? 0) !== revision) {
        const current = present === null ? {} : shown(parts, present);
        throw new Problem('stale', 'Somebody changed this connection since you saw it.', { current });
      }
      const connections = await changedConnection(parts, { ...params, present, change: body });
      const wish = { businessId: business.id, by: caller.actor, connections };
      const { database, clock, desk } = parts;
      await changeBusiness({ database, vault: desk.vault, clock }, wish).catch(asProblem);
      return reply(parts, await found(parts, business, params.provider));
    },
  }),
  route({
    id: 'pingConnection',
    method: 'post',
    path: '/connections/{provider}/ping',
    summary: 'One harmless live call',
    role: 'operator',
    ...one,
    answer: ping,
    run: async ({ parts, business, params }) => {
      const [line] = await pingBusiness(parts.connections(), business.id, params.provider);
      if (line === undefined) throw new Problem('not-found', `${params.provider} is not connected.`);
      return { body: mutable(line) };
    },
  }),
];

async function begun(parts: ApiParts, wish: Parameters<typeof beginConsent>[1]) {
  const { consent } = parts.connections();
  if (parts.config.freshbooks.clientId === null || parts.config.freshbooks.clientSecret === null)
    throw new Problem('refused', 'Set FRESHBOOKS_CLIENT_ID and FRESHBOOKS_CLIENT_SECRET of your app first.');
  const { state, challenge, expiresAt } = await beginConsent(consentsOf(parts), wish);
  const { redirectUri } = consent;
  return { url: consent.url({ state, challenge }), redirectUri, expiresAt: expiresAt.toISOString() };
}

/** @throws Problem */
async function found({ database }: ApiParts, business: Business, wanted: string): Promise<PresentConnection> {
  const present = await presentConnection(database, { businessId: business.id, provider: wanted });
  if (present === null) throw new Problem('not-found', `${wanted} is not connected.`);
  return present;
}

function shown({ config }: ApiParts, present: PresentConnection) {
  const { id, provider: name } = present;
  const urls =
    name === 'freshbooks'
      ? FRESHBOOKS_EVENTS.map((event) => webhookUrl(config.publicUrl, 'freshbooks', id, event))
      : [webhookUrl(config.publicUrl, name, id)];
  return mutable({ ...present, webhookUrls: urls });
}

function reply(parts: ApiParts, present: PresentConnection) {
  return { body: shown(parts, present), revision: present.revision };
}

/** What a business file may not say, as the API says it. */
function asProblem(error: unknown): never {
  if (!(error instanceof BusinessFileError)) throw error;
  const errors = error.problems.map(({ path, message }) => ({
    pointer: `/${path.replaceAll('.', '/')}`,
    message,
  }));
  throw new Problem('invalid', 'This cannot be applied.', { errors });
}

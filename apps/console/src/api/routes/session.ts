import { endSessions, listSessions } from '@mlc/platform/accounts/sessions';
import { EVERY_BUSINESS, ROLES, rolesIn } from '@mlc/platform/accounts/roles';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { z } from '../zod.ts';
import { type Caller, seesBusiness } from '../../door/caller.ts';
import { Problem } from '../../http/problem.ts';
import { listOf, ownSession, session } from '../account-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';

const own = { role: 'any', within: 'deployment' } as const;

export const sessionRoutes = [
  route({
    id: 'getSession',
    method: 'get',
    path: '/session',
    summary: 'Who you are and what you may',
    ...own,
    status: 200,
    answer: session,
    run: async ({ parts, caller }) => ({ body: await sessionOf(parts, caller) }),
  }),
  route({
    id: 'endSession',
    method: 'delete',
    path: '/session',
    summary: 'Sign out',
    ...own,
    status: 204,
    answer: null,
    run: async ({ parts, caller, response }) => {
      const { personId, sessionId } = signedIn(caller);
      await endSessions(parts.desk, { personId, only: sessionId, by: caller.actor });
      response.clearSession();
      return { body: null };
    },
  }),
  route({
    id: 'listOwnSessions',
    method: 'get',
    path: '/sessions',
    summary: 'Browsers you are signed in with',
    ...own,
    status: 200,
    answer: listOf(ownSession),
    run: async ({ parts, caller }) => {
      const { personId, sessionId } = signedIn(caller);
      const sessions = await listSessions(parts.desk, personId);
      return {
        body: {
          items: sessions.map((each) => ({
            id: each.id,
            isThis: each.id === sessionId,
            createdAt: each.createdAt.toISOString(),
            lastSeenAt: each.lastSeenAt.toISOString(),
            expiresAt: each.expiresAt.toISOString(),
            address: each.address,
            userAgent: each.userAgent,
          })),
        },
      };
    },
  }),
  route({
    id: 'endOwnSession',
    method: 'delete',
    path: '/sessions/{sessionId}',
    summary: 'Sign out elsewhere',
    ...own,
    params: z.object({ sessionId: id }),
    status: 204,
    answer: null,
    run: async ({ parts, caller, params }) => {
      const { personId } = signedIn(caller);
      const ended = await endSessions(parts.desk, { personId, only: params.sessionId, by: caller.actor });
      if (ended === 0) throw new Problem('not-found', 'There is no such session.');
      return { body: null };
    },
  }),
];

/** @throws Problem for a token, which has no session */
function signedIn({ person, session: current }: Caller): { personId: string; sessionId: string } {
  if (person === null || current === null)
    throw new Problem('conflict', 'A token has no session: this is for people who are signed in.');
  return { personId: person.id, sessionId: current.id };
}

async function sessionOf({ database, desk }: ApiParts, caller: Caller) {
  const { kind, actor, person, csrf, session: current, memberships } = caller;
  const businesses = (await listBusinesses(database.prisma)).filter((each) => seesBusiness(caller, each.id));
  const rolesOf = (businessId: string) => {
    const has = rolesIn(memberships, businessId);
    return ROLES.filter((each) => has.has(each));
  };
  return {
    kind,
    actor,
    person:
      person === null
        ? null
        : { id: person.id, name: person.name, email: person.email, hasTotp: person.hasTotp },
    businesses: businesses.map(({ id: businessId, slug, displayName, timezone, policy }) => ({
      business: slug,
      displayName,
      timezone,
      mode: policy.mode,
      roles: rolesOf(businessId),
    })),
    everywhere: rolesOf(EVERY_BUSINESS),
    csrfToken: csrf,
    authenticatedAt: current?.authenticatedAt.toISOString() ?? null,
    expiresAt: current?.expiresAt.toISOString() ?? null,
    serverTime: desk.clock.now().toISOString(),
  };
}

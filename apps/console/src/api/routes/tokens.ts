import {
  type ApiToken,
  listApiTokens,
  makeApiToken,
  revokeApiToken,
} from '@mlc/platform/accounts/api-tokens';
import { z } from '../zod.ts';
import { type Caller, mayEverywhere } from '../../door/caller.ts';
import { Problem } from '../../http/problem.ts';
import { listOf, madeToken, newToken, token } from '../account-schemas.ts';
import { administratesAll, nameMemberships, readMemberships } from '../memberships.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';
import { asProblem } from './people.ts';

const admin = { role: 'admin', within: 'deployment' } as const;
const DAY_MS = 24 * 3_600_000;

export const tokenRoutes = [
  route({
    id: 'listTokens',
    method: 'get',
    path: '/tokens',
    summary: 'What lets scripts in',
    ...admin,
    status: 200,
    answer: listOf(token),
    run: async ({ parts, caller }) => {
      const named = await nameMemberships(parts);
      const mine = (await listApiTokens(parts.desk)).filter((each) => isVisible(caller, each));
      return { body: { items: mine.map((each) => shown(each, named)) } };
    },
  }),
  route({
    id: 'makeToken',
    method: 'post',
    path: '/tokens',
    summary: 'Let a script in; the token is shown once',
    ...admin,
    isSensitive: true,
    isSecret: true,
    body: newToken,
    status: 201,
    answer: madeToken,
    run: async ({ parts, caller, body: { name, days, memberships: wanted } }) => {
      if (caller.kind === 'api-token') throw new Problem('forbidden', 'A token makes no tokens.');
      const memberships = await readMemberships(parts, caller, wanted);
      const made = await makeApiToken(parts.desk, {
        name,
        memberships,
        personId: caller.person?.id ?? null,
        by: caller.actor,
        lifeMs: days * DAY_MS,
      });
      const named = await nameMemberships(parts);
      return { body: { ...shown(made.made, named), token: made.token } };
    },
  }),
  route({
    id: 'revokeToken',
    method: 'delete',
    path: '/tokens/{tokenId}',
    summary: 'Shut a script out',
    ...admin,
    isSensitive: true,
    params: z.object({ tokenId: id }),
    status: 204,
    answer: null,
    run: async ({ parts, caller, params: { tokenId } }) => {
      const found = (await listApiTokens(parts.desk)).find((each) => each.id === tokenId);
      if (found === undefined || !isVisible(caller, found))
        throw new Problem('not-found', 'There is no such token.');
      await revokeApiToken(parts.desk, { id: tokenId, by: caller.actor }).catch(asProblem);
      return { body: null };
    },
  }),
];

function isVisible(caller: Caller, { memberships }: ApiToken): boolean {
  return mayEverywhere(caller, 'admin') || administratesAll(caller, memberships);
}

function shown(each: ApiToken, named: Awaited<ReturnType<typeof nameMemberships>>) {
  const { id: tokenId, name, memberships, createdBy } = each;
  return {
    id: tokenId,
    name,
    memberships: named(memberships),
    createdBy,
    createdAt: each.createdAt.toISOString(),
    expiresAt: each.expiresAt.toISOString(),
    lastUsedAt: each.lastUsedAt?.toISOString() ?? null,
  };
}

import { AccountError } from '@mlc/platform/accounts/account-error';
import {
  changeRoles,
  findPerson,
  listPeople,
  type Person,
  removePerson,
} from '@mlc/platform/accounts/people';
import { EVERY_BUSINESS } from '@mlc/platform/accounts/roles';
import { endSessions } from '@mlc/platform/accounts/sessions';
import { z } from '../zod.ts';
import { type Caller, mayIn } from '../../door/caller.ts';
import { Problem } from '../../http/problem.ts';
import { listOf, person, rolesChange } from '../account-schemas.ts';
import { administratesAll, administratesOne, nameMemberships, readMemberships } from '../memberships.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';

const admin = { role: 'admin', within: 'deployment' } as const;
const one = {
  ...admin,
  params: z.object({ personId: id }),
  isSensitive: true,
  exists: async ({ database }: ApiParts, caller: Caller, { personId }: { personId: string }) => {
    const found = await findPerson(database.prisma, personId);
    return found !== null && isVisible(caller, found);
  },
} as const;

export const peopleRoutes = [
  route({
    id: 'listPeople',
    method: 'get',
    path: '/people',
    summary: 'Who may open the console, as far as you administrate their businesses',
    ...admin,
    status: 200,
    answer: listOf(person),
    run: async ({ parts, caller }) => {
      const named = await nameMemberships(parts);
      const people = (await listPeople(parts.database.prisma)).filter((each) => isVisible(caller, each));
      return { body: { items: people.map((each) => shown(caller, each, named)) } };
    },
  }),
  route({
    id: 'changePerson',
    method: 'patch',
    path: '/people/{personId}',
    summary: 'Set roles; the person is signed out everywhere',
    ...one,
    body: rolesChange,
    status: 200,
    answer: person,
    run: async ({ parts, caller, params: { personId }, body }) => {
      const memberships = await readMemberships(parts, caller, body.memberships);
      await changeRoles(parts.desk, { personId, memberships, by: caller.actor }).catch(asProblem);
      const named = await nameMemberships(parts);
      const changed = await findPerson(parts.database.prisma, personId);
      if (changed === null) throw new Problem('not-found', 'There is no such person.');
      return { body: shown(caller, changed, named) };
    },
  }),
  route({
    id: 'removePerson',
    method: 'delete',
    path: '/people/{personId}',
    summary: 'Take an account away, with its sessions and tokens',
    ...one,
    status: 204,
    answer: null,
    run: async ({ parts, caller, params: { personId } }) => {
      await ownPerson(parts, caller, personId);
      await removePerson(parts.desk, { personId, by: caller.actor }).catch(asProblem);
      return { body: null };
    },
  }),
  route({
    id: 'signPersonOut',
    method: 'delete',
    path: '/people/{personId}/sessions',
    summary: 'Sign somebody out everywhere',
    ...one,
    status: 204,
    answer: null,
    run: async ({ parts, caller, params: { personId } }) => {
      await ownPerson(parts, caller, personId);
      await endSessions(parts.desk, { personId, by: caller.actor });
      return { body: null };
    },
  }),
];

function isVisible(caller: Caller, { memberships }: Person): boolean {
  return mayIn(caller, EVERY_BUSINESS, 'admin') || administratesOne(caller, memberships);
}

/** A person of no other admin's. @throws Problem */
async function ownPerson(parts: ApiParts, caller: Caller, personId: string): Promise<void> {
  const { memberships = [] } = (await findPerson(parts.database.prisma, personId)) ?? {};
  if (!administratesAll(caller, memberships))
    throw new Problem(
      'forbidden',
      'This person is in businesses you do not administrate: take yours away instead.',
    );
}

type Named = Awaited<ReturnType<typeof nameMemberships>>;

function shown(caller: Caller, each: Person, named: Named) {
  const seen = each.memberships.filter(({ businessId }) => mayIn(caller, businessId, 'admin'));
  const { id: personId, name, email, hasPassword, hasTotp } = each;
  return {
    id: personId,
    name,
    email,
    hasPassword,
    hasTotp,
    createdAt: each.createdAt.toISOString(),
    lastSeenAt: each.lastSeenAt?.toISOString() ?? null,
    memberships: named(seen),
  };
}

/** What accounts refuse, as the API says it. */
export function asProblem(error: unknown): never {
  if (!(error instanceof AccountError)) throw error;
  if (error.why === 'not-found') throw new Problem('not-found', error.message);
  throw new Problem(error.why === 'last-admin' ? 'conflict' : 'refused', error.message);
}

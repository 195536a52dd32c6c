import {
  type Invitation,
  invite,
  listInvitations,
  withdrawInvitation,
} from '@mlc/platform/accounts/invitations';
import { z } from '../zod.ts';
import { Problem } from '../../http/problem.ts';
import { invitation, listOf, madeInvitation, newInvitation } from '../account-schemas.ts';
import { administratesAll, nameMemberships, readMemberships } from '../memberships.ts';
import { route } from '../route.ts';
import { id } from '../schemas.ts';
import { asProblem } from './people.ts';

const admin = { role: 'admin', within: 'deployment' } as const;

export const invitationRoutes = [
  route({
    id: 'listInvitations',
    method: 'get',
    path: '/invitations',
    summary: 'Who was invited and has not come yet',
    ...admin,
    status: 200,
    answer: listOf(invitation),
    run: async ({ parts, caller }) => {
      const named = await nameMemberships(parts);
      const all = await listInvitations(parts.desk);
      const mine = all.filter(({ memberships }) => administratesAll(caller, memberships));
      return { body: { items: mine.map((each) => shown(each, named)) } };
    },
  }),
  route({
    id: 'invite',
    method: 'post',
    path: '/invitations',
    summary: 'Invite somebody; the link is shown once and works for seven days',
    ...admin,
    isSensitive: true,
    isSecret: true,
    body: newInvitation,
    status: 201,
    answer: madeInvitation,
    run: async ({ parts, caller, body: { email, memberships: wanted } }) => {
      const memberships = await readMemberships(parts, caller, wanted);
      const made = await invite(parts.desk, { email, memberships, by: caller.actor });
      const named = await nameMemberships(parts);
      const url = `${parts.consoleUrl}/invitation?token=${made.token}`;
      return { body: { ...shown(made.invitation, named), url } };
    },
  }),
  route({
    id: 'withdrawInvitation',
    method: 'delete',
    path: '/invitations/{invitationId}',
    summary: 'Take an invitation back',
    ...admin,
    isSensitive: true,
    params: z.object({ invitationId: id }),
    status: 204,
    answer: null,
    run: async ({ parts, caller, params: { invitationId } }) => {
      const found = (await listInvitations(parts.desk)).find((each) => each.id === invitationId);
      if (found === undefined || !administratesAll(caller, found.memberships))
        throw new Problem('not-found', 'There is no such invitation.');
      await withdrawInvitation(parts.desk, { id: invitationId, by: caller.actor }).catch(asProblem);
      return { body: null };
    },
  }),
];

function shown(each: Invitation, named: Awaited<ReturnType<typeof nameMemberships>>) {
  const { id: invitationId, email, invitedBy, createdAt, expiresAt, memberships } = each;
  return {
    id: invitationId,
    email,
    memberships: named(memberships),
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

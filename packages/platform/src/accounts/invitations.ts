import { randomUUID } from 'node:crypto';
import type { Invitation as InvitationRow } from '../postgres/generated/client.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { addPerson } from './people.ts';
import { hashPassword } from './passwords.ts';
import { type Membership, membershipsOf } from './roles.ts';
import { checkAccount } from './set-up.ts';
import { newToken, tokenHash } from './secrets.ts';

const INVITATION_MS_MAX = 7 * 24 * 3_600_000;

/** Somebody who may make an account. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly memberships: readonly Membership[];
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Invites; the token is for the link and is shown once. */
export function invite(
  desk: Desk,
  wish: { email: string; memberships: readonly Membership[]; by: string },
): Promise<{ readonly invitation: Invitation; readonly token: string }> {
  const token = newToken();
  const createdAt = desk.clock.now();
  return desk.database.transaction(async (tx) => {
    const { email, memberships, by } = wish;
    const row = await tx.invitation.create({
      data: {
        id: randomUUID(),
        tokenHash: tokenHash(token),
        email: email.trim(),
        memberships: memberships.map(({ businessId, roles }) => ({ businessId, roles: [...roles] })),
        invitedBy: by,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + INVITATION_MS_MAX),
      },
    });
    const details = { email: row.email, memberships };
    const subject = { type: 'invitation', id: row.id } as const;
    await auditAccount(tx, desk, { actor: by, action: 'person.invited', subject, details });
    return { invitation: invitationOf(row), token };
  });
}

/** Invitations that can still be accepted, newest first. */
export async function listInvitations(desk: Desk): Promise<Invitation[]> {
  const rows = await desk.database.prisma.invitation.findMany({
    where: { acceptedAt: null, expiresAt: { gt: desk.clock.now() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map(invitationOf);
}

/** Takes an invitation back. @throws AccountError */
export function withdrawInvitation(desk: Desk, { id, by }: { id: string; by: string }): Promise<void> {
  return desk.database.transaction(async (tx) => {
    const { count } = await tx.invitation.deleteMany({ where: { id, acceptedAt: null } });
    if (count === 0) throw new AccountError('not-found', 'There is no such invitation.');
    const subject = { type: 'invitation', id } as const;
    await auditAccount(tx, desk, { actor: by, action: 'person.invitation-withdrawn', subject });
  });
}

/** The invitation of a link; null when it was accepted, withdrawn or is too old. */
export async function findInvitation(desk: Desk, token: string): Promise<Invitation | null> {
  const row = await desk.database.prisma.invitation.findUnique({ where: { tokenHash: tokenHash(token) } });
  const works = row !== null && row.acceptedAt === null && row.expiresAt > desk.clock.now();
  return works ? invitationOf(row) : null;
}

/** Makes the account an invitation is for. Returns the person's id. @throws AccountError */
export async function acceptInvitation(
  desk: Desk,
  token: string,
  account: { name: string; password: string },
): Promise<string> {
  const invitation = await findInvitation(desk, token);
  if (invitation === null) throw new AccountError('expired', 'This invitation was used or has expired.');
  const { email, memberships } = invitation;
  checkAccount({ ...account, email });
  const passwordHash = await hashPassword(account.password);
  return desk.database.transaction(async (tx) => {
    const where = { id: invitation.id, acceptedAt: null };
    const { count } = await tx.invitation.updateMany({ where, data: { acceptedAt: desk.clock.now() } });
    if (count === 0) throw new AccountError('expired', 'This invitation was used or has expired.');
    const id = await addPerson(tx, desk, { name: account.name.trim(), email, passwordHash, memberships });
    const details = { invitedBy: invitation.invitedBy, memberships };
    const subject = { type: 'person', id } as const;
    await auditAccount(tx, desk, { actor: email, action: 'person.joined', subject, details });
    return id;
  });
}

function invitationOf({
  tokenHash: _kept,
  acceptedAt: _open,
  memberships,
  ...row
}: InvitationRow): Invitation {
  return { ...row, memberships: membershipsOf(memberships) };
}

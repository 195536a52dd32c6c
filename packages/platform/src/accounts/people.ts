import { randomUUID } from 'node:crypto';
import type { Executor } from '../postgres/database.ts';
import type { Person as PersonRow } from '../postgres/generated/client.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { EVERY_BUSINESS, type Membership, membershipsOf } from './roles.ts';

/** Somebody who may open the console. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly hasPassword: boolean;
  /** A second factor is asked for after the password. */
  readonly hasTotp: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | null;
  readonly memberships: readonly Membership[];
}

/** How an e-mail is compared. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/** All people by e-mail. */
export async function listPeople(executor: Executor): Promise<Person[]> {
  const rows = await executor.person.findMany({ orderBy: { emailLower: 'asc' } });
  const memberships = await executor.membership.findMany({ orderBy: { businessId: 'asc' } });
  return rows.map((row) =>
    personOf(
      row,
      memberships.filter(({ personId }) => personId === row.id),
    ),
  );
}

export async function findPerson(executor: Executor, id: string): Promise<Person | null> {
  const row = await executor.person.findUnique({ where: { id } });
  return row === null ? null : loaded(executor, row);
}

export async function findPersonByEmail(executor: Executor, email: string): Promise<Person | null> {
  const row = await executor.person.findUnique({ where: { emailLower: emailKey(email) } });
  return row === null ? null : loaded(executor, row);
}

/** Whether anybody has an account yet. */
export async function hasPeople(executor: Executor): Promise<boolean> {
  return (await executor.person.findFirst({ select: { id: true } })) !== null;
}

async function loaded(executor: Executor, row: PersonRow): Promise<Person> {
  const where = { personId: row.id };
  return personOf(row, await executor.membership.findMany({ where, orderBy: { businessId: 'asc' } }));
}

function personOf(row: PersonRow, memberships: readonly { businessId: string; roles: string[] }[]): Person {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    hasPassword: row.passwordHash !== null,
    hasTotp: row.totpSince !== null,
    createdAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    memberships: membershipsOf(memberships),
  };
}

/** A new account, or a known one that is taken over again by a set-up link. */
export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string | null;
  readonly memberships: readonly Membership[];
}

/** @throws AccountError when somebody has the e-mail. */
export async function addPerson(tx: Executor, desk: Desk, person: NewPerson): Promise<string> {
  const { name, email, passwordHash, memberships } = person;
  const emailLower = emailKey(email);
  if ((await tx.person.findUnique({ where: { emailLower } })) !== null)
    throw new AccountError('already-there', 'Somebody with this e-mail has an account already: sign in.');
  const id = randomUUID();
  const createdAt = desk.clock.now();
  await tx.person.create({ data: { id, name, email: email.trim(), emailLower, passwordHash, createdAt } });
  await giveRoles(tx, id, memberships);
  return id;
}

/** Sets the roles per business named; none at all takes somebody out of it. */
export async function giveRoles(
  tx: Executor,
  personId: string,
  memberships: readonly Membership[],
): Promise<void> {
  for (const { businessId, roles } of memberships) {
    const where = { personId_businessId: { personId, businessId } };
    if (roles.length === 0) await tx.membership.deleteMany({ where: { personId, businessId } });
    else {
      const list = [...roles];
      await tx.membership.upsert({
        where,
        create: { personId, businessId, roles: list },
        update: { roles: list },
      });
    }
  }
}

/** Changes what somebody may do, and signs them out everywhere: a page of before may show too much. */
export function changeRoles(
  desk: Desk,
  change: { personId: string; memberships: readonly Membership[]; by: string },
): Promise<void> {
  const { personId, memberships, by } = change;
  return desk.database.transaction(async (tx) => {
    await lockPeople(tx);
    await giveRoles(tx, personId, memberships);
    await requireAdmin(tx);
    await tx.personSession.deleteMany({ where: { personId } });
    const details = { memberships };
    await auditAccount(tx, desk, {
      actor: by,
      action: 'person.roles-changed',
      subject: about(personId),
      details,
    });
  });
}

/** Takes an account away with everything that lets it in. @throws AccountError when nobody could administrate then. */
export function removePerson(desk: Desk, { personId, by }: { personId: string; by: string }): Promise<void> {
  return desk.database.transaction(async (tx) => {
    await lockPeople(tx);
    const person = await tx.person.findUnique({ where: { id: personId } });
    if (person === null) throw new AccountError('not-found', 'There is no such person.');
    const where = { personId };
    await tx.membership.deleteMany({ where });
    await requireAdmin(tx);
    await tx.personSession.deleteMany({ where });
    await tx.passkey.deleteMany({ where });
    await tx.recoveryCode.deleteMany({ where });
    await tx.apiToken.deleteMany({ where });
    await desk.vault.removeSecret(tx, vaultNameOf(personId), 'totp');
    await tx.person.delete({ where: { id: personId } });
    const details = { email: person.email };
    await auditAccount(tx, desk, { actor: by, action: 'person.removed', subject: about(personId), details });
  });
}

/** Where the vault keeps what belongs to a person. */
export function vaultNameOf(personId: string): string {
  return `person:${personId}`;
}

function about(personId: string) {
  return { type: 'person', id: personId } as const;
}

/** Two admins who take each other's roles at once: one after the other. */
export async function lockPeople(tx: Executor): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('console people', 0))`;
}

async function requireAdmin(tx: Executor): Promise<void> {
  const admin = await tx.membership.findFirst({
    where: { businessId: EVERY_BUSINESS, roles: { has: 'admin' } },
  });
  if (admin === null)
    throw new AccountError(
      'last-admin',
      'This is the last admin of everything: make somebody else one first.',
    );
}

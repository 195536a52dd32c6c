import type { Executor } from '../postgres/database.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { useLink } from './entry-links.ts';
import { addPerson, emailKey, giveRoles, vaultNameOf } from './people.ts';
import { hashPassword, passwordProblem } from './passwords.ts';
import { EVERY_BUSINESS } from './roles.ts';

/** What somebody says about themselves. */
export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

const ADMIN_OF_ALL = [{ businessId: EVERY_BUSINESS, roles: ['admin'] }] as const;

/** @throws AccountError naming what is wrong. */
export function checkAccount({ name, email, password }: NewAccount): void {
  if (name.trim() === '' || name.length > 100) throw new AccountError('bad-input', 'Say your name.');
  if (!/^[^\s@]+@[^\s@]+$/.test(email.trim()) || email.length > 200)
    throw new AccountError('bad-input', 'This is no e-mail address.');
  const problem = passwordProblem(password, { name, email });
  if (problem !== null) throw new AccountError('bad-input', problem);
}

/**
 * Makes the holder of a set-up link an admin of everything. Who has an account of this e-mail takes it over again: the link
 * came from the deployment's own terminal, so it is the way back for who lost password or second factor. Returns the id.
 * @throws AccountError
 */
export async function setUpAccount(desk: Desk, token: string, account: NewAccount): Promise<string> {
  checkAccount(account);
  const passwordHash = await hashPassword(account.password);
  return desk.database.transaction(async (tx) => {
    await useLink(tx, desk, { kind: 'set-up', token });
    const { name, email } = account;
    const known = await tx.person.findUnique({ where: { emailLower: emailKey(email) } });
    const personId =
      known === null
        ? await addPerson(tx, desk, { name: name.trim(), email, passwordHash, memberships: ADMIN_OF_ALL })
        : await recover(tx, desk, { personId: known.id, passwordHash });
    const action = known === null ? 'person.set-up' : 'person.recovered';
    await auditAccount(tx, desk, { actor: email.trim(), action, subject: { type: 'person', id: personId } });
    return personId;
  });
}

async function recover(
  tx: Executor,
  desk: Desk,
  { personId, passwordHash }: { personId: string; passwordHash: string },
): Promise<string> {
  await tx.person.update({ where: { id: personId }, data: { passwordHash, totpSince: null, totpStep: 0 } });
  await giveRoles(tx, personId, ADMIN_OF_ALL);
  await tx.recoveryCode.deleteMany({ where: { personId } });
  await tx.passkey.deleteMany({ where: { personId } });
  await tx.personSession.deleteMany({ where: { personId } });
  await desk.vault.removeSecret(tx, vaultNameOf(personId), 'totp');
  return personId;
}

/** A new password by its owner; ends the other sessions. @throws AccountError */
export async function changePassword(
  desk: Desk,
  change: { person: { id: string; name: string; email: string }; password: string; sessionId: string },
): Promise<void> {
  const { person, password, sessionId } = change;
  const problem = passwordProblem(password, person);
  if (problem !== null) throw new AccountError('bad-input', problem);
  const passwordHash = await hashPassword(password);
  await desk.database.transaction(async (tx) => {
    await tx.person.update({ where: { id: person.id }, data: { passwordHash } });
    await tx.personSession.deleteMany({ where: { personId: person.id, id: { not: sessionId } } });
    const subject = { type: 'person', id: person.id } as const;
    await auditAccount(tx, desk, { actor: person.email, action: 'person.password-changed', subject });
  });
}

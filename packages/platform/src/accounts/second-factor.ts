import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Executor } from '../postgres/database.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { type Person, vaultNameOf } from './people.ts';
import { tokenHash } from './secrets.ts';

const STEP_S = 30;
const SECRET_BYTES = 20;
const CODES = 10;
/** Without what looks alike. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const CODE_LENGTH = 10;

function generator(email: string, base32: string): TOTP {
  return new TOTP({
    issuer: 'ml-connector',
    label: email,
    secret: Secret.fromBase32(base32),
    period: STEP_S,
  });
}

/** What an authenticator app needs; nothing is asked for until a code of it was shown to work. */
export async function beginTotp(desk: Desk, person: Person): Promise<{ secret: string; uri: string }> {
  if (person.hasTotp) throw new AccountError('already-there', 'The second factor is on already.');
  const secret = new Secret({ size: SECRET_BYTES }).base32;
  await desk.database.transaction((tx) => desk.vault.putSecret(tx, vaultNameOf(person.id), 'totp', secret));
  return { secret, uri: generator(person.email, secret).toString() };
}

/** What `beginTotp` made and is not confirmed yet; null when there is none. */
export async function pendingTotp(
  desk: Desk,
  person: Person,
): Promise<{ secret: string; uri: string } | null> {
  if (person.hasTotp) return null;
  const secret = await desk.vault.getSecret(desk.database.prisma, vaultNameOf(person.id), 'totp');
  return secret === null ? null : { secret, uri: generator(person.email, secret).toString() };
}

/** Switches the second factor on. Returns the recovery codes, which are shown once. @throws AccountError */
export function confirmTotp(desk: Desk, person: Person, code: string): Promise<readonly string[]> {
  return desk.database.transaction(async (tx) => {
    if (person.hasTotp) throw new AccountError('already-there', 'The second factor is on already.');
    if (!(await takeTotpCode(tx, desk, { personId: person.id, email: person.email, code })))
      throw new AccountError('wrong-code', 'This code is not the one the app shows now: try the next one.');
    await tx.person.update({ where: { id: person.id }, data: { totpSince: desk.clock.now() } });
    const codes = await newRecoveryCodes(tx, person.id);
    await noteFactor(tx, desk, { person, action: 'person.totp-on' });
    return codes;
  });
}

/** Switches it off; the recovery codes go with it. */
export function dropTotp(desk: Desk, person: Person, by: string): Promise<void> {
  return desk.database.transaction(async (tx) => {
    await tx.person.update({ where: { id: person.id }, data: { totpSince: null, totpStep: 0 } });
    await tx.recoveryCode.deleteMany({ where: { personId: person.id } });
    await desk.vault.removeSecret(tx, vaultNameOf(person.id), 'totp');
    await noteFactor(tx, desk, { person, action: 'person.totp-off', by });
  });
}

function noteFactor(
  tx: Executor,
  desk: Desk,
  { person, action, by = person.email }: { person: Person; action: string; by?: string },
): Promise<void> {
  return auditAccount(tx, desk, { actor: by, action, subject: { type: 'person', id: person.id } });
}

/** Whether it is the code of now or of a neighbouring step; each code works once. */
export async function takeTotpCode(
  tx: Executor,
  desk: Desk,
  { personId, email, code }: { personId: string; email: string; code: string },
): Promise<boolean> {
  const digits = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return false;
  const secret = await desk.vault.getSecret(tx, vaultNameOf(personId), 'totp');
  if (secret === null) return false;
  const timestamp = desk.clock.now().getTime();
  const delta = generator(email, secret).validate({ token: digits, timestamp, window: 1 });
  if (delta === null) return false;
  const step = BigInt(Math.floor(timestamp / 1_000 / STEP_S) + delta);
  const { count } = await tx.person.updateMany({
    where: { id: personId, totpStep: { lt: step } },
    data: { totpStep: step },
  });
  return count === 1;
}

/** Whether it was one of the recovery codes; it is gone then. */
export async function takeRecoveryCode(tx: Executor, personId: string, code: string): Promise<boolean> {
  const plain = code.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (plain.length !== CODE_LENGTH) return false;
  const { count } = await tx.recoveryCode.deleteMany({ where: { personId, codeHash: tokenHash(plain) } });
  return count === 1;
}

async function newRecoveryCodes(tx: Executor, personId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () =>
    Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join(''),
  );
  await tx.recoveryCode.deleteMany({ where: { personId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ personId, codeHash: tokenHash(code) })) });
  return codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
}

/** Codes that were not used yet. */
export function recoveryCodesLeft(executor: Executor, personId: string): Promise<number> {
  return executor.recoveryCode.count({ where: { personId } });
}

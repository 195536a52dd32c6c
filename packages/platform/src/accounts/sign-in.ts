import type { Attempts } from './attempts.ts';
import { auditAccount, type Desk, noteAccount } from './desk.ts';
import { emailKey, findPersonByEmail, type Person } from './people.ts';
import { verifyPassword } from './passwords.ts';
import { takeRecoveryCode, takeTotpCode } from './second-factor.ts';
import { type Browser, openSession } from './sessions.ts';
import { tokenHash } from './secrets.ts';

/** How often it may be tried, by account and by address. */
export interface DoorLimits {
  readonly account: Attempts;
  readonly address: Attempts;
  /** How many refusals go into the audit log, so that nobody can fill it. */
  readonly noted: Attempts;
}

/** Failures in fifteen minutes. */
export const ACCOUNT_TRIES = 5;
export const ADDRESS_TRIES = 20;
export const NOTED_REFUSALS = 100;

/** What came of a step of signing in. */
export type SignedIn =
  | { readonly kind: 'signed-in'; readonly token: string }
  | { readonly kind: 'second-factor'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'locked'; readonly retryAfterMs: number };

const NOTED_KEY = 'all';

/** E-mail and password. An unknown e-mail is answered like a wrong password, after as much time. */
export async function signInByPassword(
  desk: Desk,
  limits: DoorLimits,
  given: { email: string; password: string; browser: Browser },
): Promise<SignedIn> {
  const { email, password, browser } = given;
  const keys = { account: tokenHash(emailKey(email)), address: browser.address };
  const retryAfterMs = await blockedMs(limits, keys);
  if (retryAfterMs > 0) return { kind: 'locked', retryAfterMs };
  const person = await findPersonByEmail(desk.database.prisma, email);
  const stored =
    person === null
      ? null
      : await desk.database.prisma.person.findUnique({
          where: { id: person.id },
          select: { passwordHash: true },
        });
  const isRight = await verifyPassword(stored?.passwordHash ?? null, password);
  if (!isRight || person === null) return refuse(desk, limits, { keys, email, step: 'password' });
  await limits.account.forget(keys.account);
  return enter(desk, {
    person,
    browser,
    stage: person.hasTotp ? 'second-factor' : 'signed-in',
    by: 'password',
  });
}

/** The code of the app, or a recovery code, after the password. The half session ends when it is right. */
export async function signInByCode(
  desk: Desk,
  limits: DoorLimits,
  given: { person: Person; sessionId: string; code: string; browser: Browser },
): Promise<SignedIn> {
  const { person, sessionId, code, browser } = given;
  const keys = { account: `code:${person.id}`, address: browser.address };
  const retryAfterMs = await blockedMs(limits, keys);
  if (retryAfterMs > 0) return { kind: 'locked', retryAfterMs };
  const by = await desk.database.transaction(async (tx) => {
    if (await takeTotpCode(tx, desk, { personId: person.id, email: person.email, code })) return 'totp';
    return (await takeRecoveryCode(tx, person.id, code)) ? 'recovery-code' : null;
  });
  if (by === null) return refuse(desk, limits, { keys, email: person.email, step: 'code' });
  await limits.account.forget(keys.account);
  await desk.database.prisma.personSession.deleteMany({ where: { id: sessionId } });
  return enter(desk, { person, browser, stage: 'signed-in', by });
}

/** Opens the session of somebody who has proved who they are. */
export function enter(
  desk: Desk,
  entry: { person: Person; browser: Browser; stage: 'second-factor' | 'signed-in'; by: string },
): Promise<SignedIn> {
  const { person, browser, stage, by } = entry;
  return desk.database.transaction(async (tx) => {
    const token = await openSession(tx, desk, { personId: person.id, stage, browser });
    if (stage === 'signed-in') {
      const details = { by, address: browser.address };
      const subject = { type: 'person', id: person.id } as const;
      await auditAccount(tx, desk, { actor: person.email, action: 'session.signed-in', subject, details });
    }
    return { kind: stage, token };
  });
}

interface Keys {
  readonly account: string;
  readonly address: string;
}

async function blockedMs(limits: DoorLimits, { account, address }: Keys): Promise<number> {
  return Math.max(await limits.account.blockedMs(account), await limits.address.blockedMs(address));
}

/** Counts and notes a failure. */
async function refuse(
  desk: Desk,
  limits: DoorLimits,
  { keys, email, step }: { keys: Keys; email: string; step: string },
): Promise<SignedIn> {
  const account = await limits.account.failed(keys.account);
  const address = await limits.address.failed(keys.address);
  const locked = [...(account.isLocked ? ['account'] : []), ...(address.isLocked ? ['address'] : [])];
  await noteRefusal(desk, limits, { email: email.slice(0, 200), step, address: keys.address, locked });
  return { kind: 'refused' };
}

/** Goes to the audit log while that is not abused; a lockout always does. */
export async function noteRefusal(
  desk: Desk,
  limits: Pick<DoorLimits, 'noted'>,
  refusal: { email: string | null; step: string; address: string; locked: readonly string[] },
): Promise<void> {
  const isFull = (await limits.noted.blockedMs(NOTED_KEY)) > 0;
  if (isFull && refusal.locked.length === 0) return;
  await limits.noted.failed(NOTED_KEY);
  const action = refusal.locked.length === 0 ? 'session.refused' : 'session.locked';
  const subject = { type: 'session', id: refusal.address } as const;
  await noteAccount(desk, { actor: 'nobody', action, subject, details: refusal });
}

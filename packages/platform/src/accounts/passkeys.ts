import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Passkey as PasskeyRow } from '../postgres/generated/client.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { findPerson, type Person } from './people.ts';

/** The site passkeys are made for. */
export interface PasskeySite {
  /** Host name of the console. */
  readonly id: string;
  /** Its origin. */
  readonly origin: string;
}

const CHALLENGE_MS = 5 * 60_000;
const REFUSED = 'This passkey was not accepted: try again.';

/** The site of a console address; null where browsers make no passkeys: for an IP address, or without TLS. */
export function passkeySite(consoleUrl: string): PasskeySite | null {
  const { hostname, origin, protocol } = new URL(consoleUrl);
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  if (isAddress || (protocol !== 'https:' && hostname !== 'localhost')) return null;
  return { id: hostname, origin };
}

/** What the browser needs to make a passkey for somebody who is signed in. */
export async function beginPasskey(desk: Desk, site: PasskeySite, person: Person) {
  const known = await desk.database.prisma.passkey.findMany({ where: { personId: person.id } });
  const options = await generateRegistrationOptions({
    rpName: 'ml-connector',
    rpID: site.id,
    userName: person.email,
    userID: new TextEncoder().encode(person.id),
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keepChallenge(desk, options.challenge, person.id);
  return options;
}

/** Keeps a passkey the browser made. @throws AccountError */
export async function addPasskey(
  desk: Desk,
  site: PasskeySite,
  given: { person: Person; name: string; response: unknown },
): Promise<void> {
  const { person, name } = given;
  const response = given.response as RegistrationResponseJSON;
  const made = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(desk, challenge, person.id),
    expectedOrigin: site.origin,
    expectedRPID: site.id,
  }).catch(refuse);
  if (!made.verified) throw new AccountError('wrong-code', REFUSED);
  const { credential } = made.registrationInfo;
  await desk.database.transaction(async (tx) => {
    await tx.passkey.create({
      data: {
        id: credential.id,
        personId: person.id,
        name,
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: (credential.transports ?? []).map(String),
        createdAt: desk.clock.now(),
      },
    });
    const subject = { type: 'person', id: person.id } as const;
    await auditAccount(tx, desk, {
      actor: person.email,
      action: 'person.passkey-added',
      subject,
      details: { name },
    });
  });
}

/** What the browser needs to sign somebody in whom nobody knows yet. */
export async function beginPasskeySignIn(desk: Desk, site: PasskeySite) {
  const options = await generateAuthenticationOptions({ rpID: site.id, userVerification: 'required' });
  await keepChallenge(desk, options.challenge, null);
  return options;
}

/** Whose passkey answered; null when it is unknown or did not sign. The person was verified, so no code is asked for. */
export async function personOfPasskey(desk: Desk, site: PasskeySite, given: unknown): Promise<Person | null> {
  const response = given as AuthenticationResponseJSON;
  const row = await desk.database.prisma.passkey.findUnique({ where: { id: response.id } });
  if (row === null) return null;
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(desk, challenge, null),
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    credential: credentialOf(row),
  }).catch(() => null);
  if (checked?.verified !== true) return null;
  await desk.database.prisma.passkey.update({
    where: { id: row.id },
    data: { counter: checked.authenticationInfo.newCounter, lastUsedAt: desk.clock.now() },
  });
  return findPerson(desk.database.prisma, row.personId);
}

function credentialOf({ id, publicKey, counter, transports }: PasskeyRow) {
  return { id, publicKey: new Uint8Array(publicKey), counter: Number(counter), transports };
}

function refuse(): never {
  throw new AccountError('wrong-code', REFUSED);
}

async function keepChallenge(desk: Desk, challenge: string, personId: string | null): Promise<void> {
  const expiresAt = new Date(desk.clock.now().getTime() + CHALLENGE_MS);
  await desk.database.prisma.passkeyChallenge.create({ data: { challenge, personId, expiresAt } });
}

/** A challenge is good for one use. */
async function takeChallenge(desk: Desk, challenge: string, personId: string | null): Promise<boolean> {
  const { count } = await desk.database.prisma.passkeyChallenge.deleteMany({
    where: { challenge, personId, expiresAt: { gt: desk.clock.now() } },
  });
  return count === 1;
}

/** A passkey as its owner sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export function listPasskeys(desk: Desk, personId: string): Promise<PasskeyView[]> {
  return desk.database.prisma.passkey.findMany({
    where: { personId },
    select: { id: true, name: true, createdAt: true, lastUsedAt: true },
    orderBy: { createdAt: 'asc' },
  });
}

/** Takes one of a person's own passkeys away. */
export function removePasskey(desk: Desk, person: Person, id: string): Promise<void> {
  return desk.database.transaction(async (tx) => {
    const { count } = await tx.passkey.deleteMany({ where: { id, personId: person.id } });
    if (count === 0) throw new AccountError('not-found', 'There is no such passkey.');
    const subject = { type: 'person', id: person.id } as const;
    await auditAccount(tx, desk, { actor: person.email, action: 'person.passkey-removed', subject });
  });
}

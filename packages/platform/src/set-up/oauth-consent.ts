import { createHash, randomBytes } from 'node:crypto';
import type { AuditEntry, Clock, TokenPair } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { sha256Hex } from '../clock/system.ts';
import type { Database } from '../postgres/database.ts';
import { readTokens, storeTokens } from '../vault/stored-tokens.ts';
import type { Vault } from '../vault/vault.ts';

/** What consents are kept with; the clock is the real one, the audit log's its own. */
export interface Consents {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly auditClock: Clock;
}

/** Who asks FreshBooks for a consent, and for whom. */
export interface ConsentWish {
  readonly businessId: string;
  /** The browser that has to come back; null: a token asks. */
  readonly sessionId: string | null;
  readonly actor: string;
}

/** A consent under way. */
export interface BegunConsent {
  /** Comes back with the browser; only its SHA-256 is kept. */
  readonly state: string;
  /** PKCE, S256. */
  readonly challenge: string;
  readonly expiresAt: Date;
}

/** An answer that belongs to no consent of ours; the message says what to do. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError';
}

const LIFE_MS = 10 * 60_000;
const RANDOM_BYTES = 32;
const VERIFIER = 'verifier';

const random = (): string => randomBytes(RANDOM_BYTES).toString('base64url');
const hashOf = (state: string): string => sha256Hex(`oauth-state:${state}`);
const placeOf = (stateHash: string): string => `oauth:${stateHash}`;

/** Begins one. What is older than its time is forgotten. */
export async function beginConsent(
  { database, vault, clock }: Consents,
  wish: ConsentWish,
): Promise<BegunConsent> {
  const now = clock.now();
  const state = random();
  const verifier = random();
  const stateHash = hashOf(state);
  const expiresAt = new Date(now.getTime() + LIFE_MS);
  await database.transaction(async (tx) => {
    const over = await tx.oauthState.findMany({ where: { expiresAt: { lt: now } } });
    for (const each of over) await vault.removeSecret(tx, placeOf(each.stateHash), VERIFIER);
    await tx.oauthState.deleteMany({ where: { stateHash: { in: over.map((each) => each.stateHash) } } });
    await tx.oauthState.create({ data: { stateHash, ...wish, createdAt: now, expiresAt } });
    await vault.putSecret(tx, placeOf(stateHash), VERIFIER, verifier);
  });
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { state, challenge, expiresAt };
}

/** The consent an answer belongs to; taken once, whatever comes of it. @throws ConsentError */
export async function takeConsent(
  { database, vault, clock }: Consents,
  { state, sessionId }: { readonly state: string; readonly sessionId: string | null },
): Promise<ConsentWish & { readonly verifier: string }> {
  const stateHash = hashOf(state);
  return database.transaction(async (tx) => {
    const now = clock.now();
    const found = await tx.oauthState.findUnique({ where: { stateHash } });
    if (found?.sessionId !== sessionId)
      throw new ConsentError(
        'This answer belongs to no consent that was begun in this browser: press Connect again.',
      );
    if (found.expiresAt <= now)
      throw new ConsentError('The consent took longer than ten minutes: press Connect again.');
    const { count } = await tx.oauthState.updateMany({
      where: { stateHash, usedAt: null },
      data: { usedAt: now },
    });
    if (count === 0)
      throw new ConsentError('This answer was used before: press Connect again if nothing came of it.');
    const verifier = await vault.getSecret(tx, placeOf(stateHash), VERIFIER);
    await vault.removeSecret(tx, placeOf(stateHash), VERIFIER);
    if (verifier === null) throw new ConsentError('The consent cannot be completed: press Connect again.');
    const { businessId, actor } = found;
    return { businessId, sessionId, actor, verifier };
  });
}

const pendingOf = (businessId: string): string => `pending-freshbooks:${businessId}`;

/** Keeps the tokens of a consent until a person has said which account they are for. */
export async function keepConsent(
  { database, vault, clock, auditClock }: Consents,
  { businessId, actor }: Pick<ConsentWish, 'businessId' | 'actor'>,
  tokens: TokenPair,
): Promise<void> {
  const entry: AuditEntry = {
    actor,
    action: 'connection.authorised',
    subject: { provider: 'freshbooks', type: 'connection', id: businessId },
    correlationId: null,
    details: { expiresAt: tokens.expiresAt.toISOString() },
  };
  await database.transaction(async (tx) => {
    await storeTokens(tx, vault, pendingOf(businessId), { ...tokens, obtainedAt: clock.now() });
    await appendAudit(tx, businessId, auditClock, entry);
  });
}

/** The tokens that wait for an account; null when none do. */
export function pendingConsent(
  { database, vault }: Pick<Consents, 'database' | 'vault'>,
  businessId: string,
): Promise<TokenPair | null> {
  return readTokens(database.prisma, vault, pendingOf(businessId));
}

/** They are in use now, or not wanted. */
export async function forgetConsent(
  { database, vault }: Pick<Consents, 'database' | 'vault'>,
  businessId: string,
): Promise<void> {
  await vault.removeSecret(database.prisma, pendingOf(businessId), 'tokens');
}

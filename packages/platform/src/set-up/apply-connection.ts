import { randomUUID } from 'node:crypto';
import { type AuditEntry, type Clock, toPlainJson, waitingForConnection } from '@mlc/core';
import { sha256Hex } from '../clock/system.ts';
import { lockTokens } from '../vault/stored-tokens.ts';
import type { Vault } from '../vault/vault.ts';
import { announceChange } from '../connections/connections.ts';
import type { Executor } from '../postgres/database.ts';
import type { Connection as Row } from '../postgres/generated/client.ts';
import { lookAgainForCreditor } from './look-again-for-creditor.ts';
import { lookAgainForMerchant } from './look-again-for-merchant.ts';
import { repositoriesOn } from '../store/store.ts';

/** One credential of the file: `write` stores it. It is written when its hash is not the one applied last. */
export interface Credential {
  /** Names it within the connection: `credentials`, `callback:2001`. */
  readonly part: string;
  readonly hash: string;
  readonly write: (tx: Executor, connectionId: string) => Promise<void>;
}

/** A setting that is to be gone: the file decides alone, and says nothing. */
export const NONE = '';

/** What the file wants of one connection. */
export interface WantedConnection {
  readonly provider: string;
  readonly environment: string;
  readonly settings: Readonly<Record<string, string | number | null>>;
  readonly credentials: readonly Credential[];
}

/** Where an application happens. */
export interface Applying {
  readonly tx: Executor;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly businessId: string;
}

/** Fingerprint of credentials as they stand in the file; the credentials cannot be got back from it. */
export const hashOf = (content: unknown): string => sha256Hex(JSON.stringify(content));

/** Hashes by part, as kept in `connections.applied_hash`. */
type AppliedHashes = Readonly<Record<string, string>>;

/** What was applied last; nothing for a connection that is not there yet. */
export const hashesOf = (row: Pick<Row, 'appliedHash'> | null): AppliedHashes =>
  row?.appliedHash == null ? {} : (JSON.parse(row.appliedHash) as AppliedHashes);

/**
 * Brings one connection to what the file wants and returns the audit entry of the change, or null when there was
 * nothing to change. Credentials that stand in the file as they stood last time are left alone: they may have been
 * rotated since.
 */
export async function applyConnection(
  applying: Applying,
  wanted: WantedConnection,
): Promise<AuditEntry | null> {
  const { tx, vault, businessId } = applying;
  const { provider } = wanted;
  const found = await tx.connection.findUnique({ where: { businessId_provider: { businessId, provider } } });
  // A refresh under way holds this row and then writes the connection: the same order here, or both wait for ever.
  if (found !== null && provider === 'freshbooks') await lockTokens(tx, vault, found.id);
  const id = found?.id ?? randomUUID();
  const fresh = wanted.credentials.filter(({ part, hash }) => hashesOf(found)[part] !== hash);
  const moved = movedSettings(found, wanted);
  const isFreed = found?.state === 'held';
  if (found !== null && fresh.length === 0 && moved.length === 0 && !isFreed) return null;
  for (const credential of fresh) await credential.write(tx, id);
  await writeRow(applying, id, found, { wanted, fresh });
  await announceChange(tx, id);
  if (found !== null) await goOn(applying, found, { moved, isRenewed: isFreed || isRenewedBy(fresh) });
  return {
    actor: 'cli',
    action: found === null ? 'connection.created' : 'connection.changed',
    subject: { provider, type: 'connection', id },
    correlationId: null,
    details: { environment: wanted.environment, settings: moved, credentials: fresh.map(({ part }) => part) },
  };
}

/** What waited for the change of a connection that was there. */
async function goOn(
  applying: Applying,
  { id, provider, settings }: Row,
  { moved, isRenewed }: { readonly moved: readonly string[]; readonly isRenewed: boolean },
): Promise<void> {
  if (isRenewed) await resume(applying, provider, id);
  if (moved.includes('creditorId')) await lookAgainForCreditor(applying, id);
  const { merchantId } = settings as { readonly merchantId?: string };
  if (merchantId !== undefined && (isRenewed || moved.includes('merchantId')))
    await lookAgainForMerchant(applying, id, merchantId);
}

/** Names of the settings that differ. One the file leaves out (null) keeps what was found out meanwhile. */
function movedSettings(found: Row | null, { environment, settings }: WantedConnection): string[] {
  const current = (found?.settings ?? {}) as Record<string, unknown>;
  const moved = Object.entries(settings).filter(
    ([key, value]) => value !== null && (current[key] ?? NONE) !== value,
  );
  const names = moved.map(([key]) => key);
  return found === null || found.environment === environment ? names : [...names, 'environment'];
}

const isRenewedBy = (fresh: readonly Credential[]) => fresh.some(({ part }) => part === 'credentials');

async function writeRow(
  { tx, businessId, clock }: Applying,
  id: string,
  found: Row | null,
  { wanted, fresh }: { wanted: WantedConnection; fresh: readonly Credential[] },
): Promise<void> {
  const { provider, environment, credentials } = wanted;
  const given = Object.entries(wanted.settings).filter(([, value]) => value !== null);
  const all = {
    ...wanted.settings,
    ...(found?.settings as object | undefined),
    ...Object.fromEntries(given),
  };
  const kept = Object.entries(all).filter(([, value]) => value !== NONE);
  const settings = toPlainJson(Object.fromEntries(kept)) as object;
  const hashes = {
    ...hashesOf(found),
    ...Object.fromEntries(credentials.map(({ part, hash }) => [part, hash])),
  };
  // Who gets here with a connection that was held has its account alone now.
  const isActive = isRenewedBy(fresh) || found?.state === 'held';
  const now = clock.now();
  const columns = { environment, settings, appliedHash: JSON.stringify(hashes), updatedAt: now };
  await tx.connection.upsert({
    where: { id },
    create: { id, businessId, provider, ...columns, createdAt: now },
    update: { ...columns, revision: { increment: 1 }, ...(isActive ? { state: 'active' } : {}) },
  });
}

/** New credentials answer the question for them and let the parked work go on. */
async function resume({ tx, businessId, clock }: Applying, provider: string, id: string): Promise<void> {
  const { reviews, events } = repositoriesOn(tx, businessId, clock);
  await events.wake(waitingForConnection(id));
  await reviews.settle(['reauthorise'], { provider, type: 'connection', id }, 'new credentials were applied');
}

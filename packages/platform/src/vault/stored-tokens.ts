import type { TokenPair } from '@mlc/core';
import { z } from 'zod';
import type { Executor } from '../postgres/database.ts';
import { sha256Hex } from '../clock/system.ts';
import type { Vault } from './vault.ts';

/** A pair as the vault holds it, under the name `tokens`. */
export interface StoredTokens extends TokenPair {
  readonly obtainedAt: Date;
}

export const TOKENS = 'tokens';

const schema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
  obtainedAt: z.iso.datetime().transform((text) => new Date(text)),
});

/** Writes the pair and ends the marker of its refresh: the one statement that must not be parted from the answer. */
export async function storeTokens(
  tx: Executor,
  vault: Vault,
  connectionId: string,
  tokens: StoredTokens,
): Promise<void> {
  await vault.putSecret(tx, connectionId, TOKENS, JSON.stringify(tokens));
  await tx.tokenRefresh.deleteMany({ where: { connectionId } });
}

/** The pair, with its row locked until the transaction ends; null when the connection has none. */
export async function lockTokens(
  tx: Executor,
  vault: Vault,
  connectionId: string,
): Promise<StoredTokens | null> {
  await tx.$executeRaw`SELECT 1 FROM secrets WHERE connection_id = ${connectionId} AND name = ${TOKENS} FOR UPDATE`;
  return readTokens(tx, vault, connectionId);
}

/** The pair as it is now; null when the connection has none. */
export async function readTokens(
  tx: Executor,
  vault: Vault,
  connectionId: string,
): Promise<StoredTokens | null> {
  const text = await vault.getSecret(tx, connectionId, TOKENS);
  return text === null ? null : schema.parse(JSON.parse(text));
}

/** Refresh this long before the end, when the lifetime allows. */
const MARGIN_MS = 5 * 60_000;

/** Whether it is time for a new pair: 5 minutes before the end, or in the last third of a short life. */
export function isDue(tokens: StoredTokens, now: Date): boolean {
  const lifetimeMs = tokens.expiresAt.getTime() - tokens.obtainedAt.getTime();
  const marginMs = Math.max(0, Math.min(MARGIN_MS, lifetimeMs / 3));
  return now.getTime() >= tokens.expiresAt.getTime() - marginMs;
}

/** Names a refresh token in the marker without keeping it. */
export const hashOfToken = (refreshToken: string) => sha256Hex(`refresh-token:${refreshToken}`);

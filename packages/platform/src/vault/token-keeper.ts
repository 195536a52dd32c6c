import { type AccessTokens, type ConnectorError, waitingForConnection } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';
import { recordFailure, unauthorised } from './failed-refresh.ts';
import type { TokenKeeperParts } from './keeper-parts.ts';
import { limited } from './limited.ts';
import { rescueTokens } from './rescue-tokens.ts';
import { hashOfToken, isDue, lockTokens, type StoredTokens, storeTokens } from './stored-tokens.ts';

/** Longer than the refresh call and the wait for another process's refresh together. */
const TRANSACTION_TIMEOUT_MS = 90_000;
const PROVIDER = 'freshbooks';

type Renewal = { readonly tokens: StoredTokens } | { readonly failure: ConnectorError };

/**
 * Access tokens of one connection (design section 10): kept in memory, refreshed ahead of their end and after a 401, by
 * one caller at a time over all processes (row lock in Postgres, read again after taking it), the new pair committed
 * before anyone uses it. A spent refresh token marks the connection, opens review `reauthorise` and rejects with
 * `unauthorised` until `mlc apply` brings new tokens.
 */
export function tokenKeeper(parts: TokenKeeperParts): AccessTokens {
  let cached: StoredTokens | null = null;
  let inFlight: Promise<StoredTokens> | null = null;

  const renewOnce = (isGood: (tokens: StoredTokens) => boolean): Promise<StoredTokens> => {
    inFlight ??= renew(parts, isGood)
      .then((tokens) => (cached = tokens))
      .finally(() => (inFlight = null));
    return inFlight;
  };
  const until = async (isGood: (tokens: StoredTokens) => boolean): Promise<string> => {
    if (cached !== null && isGood(cached)) return cached.accessToken;
    const tokens = await renewOnce(isGood);
    // Somebody else's renewal may have been under way for another reason: then one of our own.
    return (isGood(tokens) ? tokens : await renewOnce(isGood)).accessToken;
  };
  const isFresh = (tokens: StoredTokens) => !isDue(tokens, parts.clock.now());
  return {
    current: () => until(isFresh),
    replacing: (rejected) => until((tokens) => isFresh(tokens) && tokens.accessToken !== rejected),
  };
}

async function renew(
  parts: TokenKeeperParts,
  isGood: (tokens: StoredTokens) => boolean,
): Promise<StoredTokens> {
  const { database } = parts;
  const answer: { spent?: string; pair?: StoredTokens } = {};
  const work = (tx: Executor) => renewUnderLock(tx, parts, isGood, answer);
  const options = { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_TIMEOUT_MS };
  try {
    const renewal = await limited(database, () => database.prisma.$transaction(work, options));
    if ('failure' in renewal) throw renewal.failure;
    return renewal.tokens;
  } catch (error) {
    // The answer is here but its commit failed (Postgres restarted, say): nothing may lose it now.
    if (answer.pair === undefined || answer.spent === undefined) throw error;
    parts.log?.warn('tokens.commit_failed', { connectionId: parts.connectionId, error });
    return rescueTokens(parts, answer.spent, answer.pair);
  }
}

async function renewUnderLock(
  tx: Executor,
  parts: TokenKeeperParts,
  isGood: (tokens: StoredTokens) => boolean,
  answer: { spent?: string; pair?: StoredTokens },
): Promise<Renewal> {
  const { vault, connectionId, clock } = parts;
  const stored = await lockTokens(tx, vault, connectionId);
  const connection = await tx.connection.findUnique({ where: { id: connectionId } });
  if (stored === null || connection === null)
    return { failure: unauthorised(connectionId, 'the connection has no tokens; apply the business again') };
  if (connection.state === 'unauthorised')
    return {
      failure: unauthorised(connectionId, 'the connection waits for new tokens (review reauthorise)'),
    };
  if (isGood(stored)) return { tokens: stored };

  const interrupted = await markStarted(parts, stored.refreshToken);
  try {
    const pair = await parts.refresh(stored.refreshToken);
    answer.spent = stored.refreshToken;
    answer.pair = { ...pair, obtainedAt: clock.now() };
  } catch (error) {
    return { failure: await recordFailure(tx, parts, connection.businessId, { error, interrupted }) };
  }
  await storeTokens(tx, vault, connectionId, answer.pair);
  const { reviews, events } = repositoriesOn(tx, connection.businessId, clock);
  const subject = { provider: PROVIDER, type: 'connection', id: connectionId };
  if ((await reviews.openOn(subject)).length > 0) {
    await events.wake(waitingForConnection(connectionId));
    await reviews.settle(['reauthorise'], subject, 'a refresh worked again');
  }
  return { tokens: answer.pair };
}

/**
 * Committed by itself before the call, so that it outlives a crash. True when one was there for the same token: an
 * earlier refresh never told how it ended.
 */
async function markStarted(parts: TokenKeeperParts, refreshToken: string): Promise<boolean> {
  const { database, connectionId, clock, log } = parts;
  const refreshTokenHash = hashOfToken(refreshToken);
  const earlier = await database.prisma.tokenRefresh.findUnique({ where: { connectionId } });
  const interrupted = earlier?.refreshTokenHash === refreshTokenHash;
  if (interrupted) log?.warn('tokens.refresh_interrupted', { connectionId, since: earlier.startedAt });
  const columns = { refreshTokenHash, startedAt: clock.now() };
  await database.prisma.tokenRefresh.upsert({
    where: { connectionId },
    create: { connectionId, ...columns },
    update: columns,
  });
  return interrupted;
}

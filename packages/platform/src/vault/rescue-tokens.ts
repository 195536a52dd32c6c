import { setTimeout as wait } from 'node:timers/promises';
import { waitingForConnection } from '@mlc/core';
import { repositoriesOn } from '../store/store.ts';
import { lockTokens, type StoredTokens, storeTokens } from './stored-tokens.ts';
import type { TokenKeeperParts } from './keeper-parts.ts';

const TRIES = 60;
const PAUSE_MS = 1_000;

/**
 * A pair was issued and could not be committed: as long as this process lives it is tried again, for a minute. Another
 * process may have met the spent token meanwhile and asked for authorisation; that is taken back.
 */
export async function rescueTokens(
  parts: TokenKeeperParts,
  spentRefreshToken: string,
  pair: StoredTokens,
): Promise<StoredTokens> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await commit(parts, spentRefreshToken, pair);
    } catch (error) {
      if (tries >= TRIES) throw error;
      await wait(PAUSE_MS, undefined, { ref: false });
    }
  }
}

function commit(
  { database, vault, clock, connectionId }: TokenKeeperParts,
  spentRefreshToken: string,
  pair: StoredTokens,
): Promise<StoredTokens> {
  return database.transaction(async (tx) => {
    const stored = await lockTokens(tx, vault, connectionId);
    // Newer ones were applied by a person: theirs count.
    if (stored !== null && stored.refreshToken !== spentRefreshToken) return stored;
    await storeTokens(tx, vault, connectionId, pair);
    const data = { state: 'active', revision: { increment: 1 }, updatedAt: clock.now() };
    const { businessId } = await tx.connection.update({ where: { id: connectionId }, data });
    const { reviews, events } = repositoriesOn(tx, businessId, clock);
    const subject = { provider: 'freshbooks', type: 'connection', id: connectionId };
    await events.wake(waitingForConnection(connectionId));
    await reviews.settle(['reauthorise'], subject, 'the new tokens could be stored after all');
    return pair;
  });
}

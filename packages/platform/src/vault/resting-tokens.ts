import { type AccessTokens, type Clock, ConnectorError } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { readTokens } from './stored-tokens.ts';
import type { Vault } from './vault.ts';

/**
 * The tokens of a FreshBooks connection as they are, never refreshed: for looks that must change nothing. Rejects with
 * ConnectorError `unauthorised` when they have ended or are not taken.
 */
export function restingTokens(
  { database, vault, clock }: { readonly database: Database; readonly vault: Vault; readonly clock: Clock },
  connectionId: string,
): AccessTokens {
  const refuse = (message: string): never => {
    throw new ConnectorError({
      kind: 'unauthorised',
      provider: 'freshbooks',
      operation: 'readTokens',
      message,
    });
  };
  return {
    current: async () => {
      const tokens = await readTokens(database.prisma, vault, connectionId);
      const isGood = tokens !== null && tokens.expiresAt.getTime() > clock.now().getTime();
      return isGood ? tokens.accessToken : refuse('the access token has ended; the next call refreshes it');
    },
    replacing: () => Promise.resolve(refuse('FreshBooks does not take the access token')),
  };
}

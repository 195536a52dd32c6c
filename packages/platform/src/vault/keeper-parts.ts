import type { Clock, Log, TokenPair } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import type { Vault } from './vault.ts';

/** What keeping one connection's tokens fresh needs. */
export interface TokenKeeperParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly connectionId: string;
  /**
   * Trades a refresh token for a new pair, once, without any retry of its own. Rejects with ConnectorError:
   * `unauthorised` = the token is spent or the app refused, `outcome-unknown` = it may be spent.
   */
  readonly refresh: (refreshToken: string) => Promise<TokenPair>;
  readonly log?: Log;
}

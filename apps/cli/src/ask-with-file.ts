import type { FreshBooksOptions } from '@mlc/connectors';
import { type AccessTokens, ConnectorError, type RateLimiter } from '@mlc/core';
import type { BusinessFile } from '@mlc/platform/config/business-file';
import type { Config } from '@mlc/platform/config/config';
import { createHttpClient, type HttpClientOptions } from '@mlc/platform/http/axios-client';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';

/** A handful of calls by a person's command: nobody shares a limit with them. */
export const NO_LIMIT: RateLimiter = { take: () => Promise.resolve(0), pause: () => Promise.resolve() };

type Limits = Omit<HttpClientOptions, 'version' | 'random'>;

/** Asks FreshBooks something with the tokens of a file that is not applied yet; null: it has no FreshBooks connection. */
export async function askWithFile<T>(
  {
    config,
    file,
    limits,
  }: { readonly config: Config; readonly file: BusinessFile; readonly limits?: Limits },
  ask: (options: FreshBooksOptions | null) => Promise<T>,
): Promise<T> {
  const { freshbooks } = file.connections;
  if (freshbooks === undefined) return ask(null);
  const http = createHttpClient({ version: '0.1.0', random: systemRandom, ...limits });
  try {
    return await ask({
      http,
      limiter: NO_LIMIT,
      tokens: tokensOfFile(freshbooks),
      apiUrl: config.freshbooks.apiUrl,
      accountId: freshbooks.accountId,
      connectionId: 'new',
      clock: systemClock,
    });
  } finally {
    http.close();
  }
}

/** Never refreshed here: that would spend the refresh token that is about to be stored. */
function tokensOfFile(file: { readonly accessToken: string; readonly expiresAt: string }): AccessTokens {
  const isOver = Date.parse(file.expiresAt) <= systemClock.now().getTime();
  const refuse = (message: string): Promise<never> =>
    Promise.reject(
      new ConnectorError({ kind: 'unauthorised', provider: 'freshbooks', operation: 'checkFile', message }),
    );
  return {
    current: () =>
      isOver ? refuse("the file's access token has expired") : Promise.resolve(file.accessToken),
    replacing: () => refuse("FreshBooks does not take the file's access token"),
  };
}

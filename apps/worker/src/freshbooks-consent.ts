import { exchangeCode, freshbooksAuthorizeUrl, type Identity, whoAmI } from '@mlc/connectors';
import type { TokenPair } from '@mlc/core';
import { FRESHBOOKS_ALLOWANCE, freshbooksApp, limiterOf, type ProviderParts } from './provider-access.ts';

/** How a person lets us into FreshBooks. */
export interface FreshbooksConsent {
  /** Where FreshBooks sends the browser back to, as it is registered there. */
  readonly redirectUri: string;
  /** The page to open. @throws ConnectorError `unauthorised` without an app. */
  url(asked: { readonly state: string; readonly challenge: string }): string;
  /** Turns the code into tokens, once. Rejects with ConnectorError. */
  exchange(code: string, verifier: string): Promise<TokenPair>;
  /** Whose the tokens are. Rejects with ConnectorError. */
  whoIs(tokens: TokenPair): Promise<Identity>;
}

/** Consents for this deployment's app. `clientId` names calls that belong to no connection yet. */
export function freshbooksConsent(parts: ProviderParts): FreshbooksConsent {
  const { config, http, clock } = parts;
  const app = () => freshbooksApp(parts, 'consent');
  return {
    get redirectUri() {
      return config.freshbooks.redirectUri ?? `${config.consoleUrl}/oauth/freshbooks`;
    },
    url: ({ state, challenge }) => {
      const { clientId, redirectUri } = app();
      return freshbooksAuthorizeUrl({
        authUrl: config.freshbooks.authUrl,
        clientId,
        redirectUri,
        state,
        challenge,
      });
    },
    exchange: (code, verifier) => exchangeCode(http, app(), { code, verifier }),
    whoIs: (tokens) =>
      whoAmI({
        http,
        limiter: limiterOf(parts, { id: 'consent' }, FRESHBOOKS_ALLOWANCE),
        // A token that is refused minutes after it was issued has no better one behind it.
        tokens: {
          current: () => Promise.resolve(tokens.accessToken),
          replacing: () => Promise.resolve(tokens.accessToken),
        },
        apiUrl: config.freshbooks.apiUrl,
        accountId: '',
        businessUuid: null,
        connectionId: 'consent',
        clock,
      }),
  };
}

import { allowsRedirect } from './oauth-app.ts';
import type { OauthApp } from './oauth-app.ts';
import { OauthRefusal, invalidClient, invalidGrant } from './oauth-refusal.ts';
import { ALL_SCOPES } from './scopes.ts';
import type { Switches } from './switches.ts';
import { accessTokenText, challengeOf, secretText } from './token-text.ts';

/** The answer of the token endpoint (freshbooks.md 1.3). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  /** Unix seconds. */
  readonly created_at: number;
  readonly refresh_token: string;
  readonly scope: string;
  readonly direct_buy_tokens: Readonly<Record<string, never>>;
}

/** Who an access token speaks for and what it may. */
export interface Access {
  readonly identityId: number;
  readonly scopes: ReadonlySet<string>;
}

interface Grant {
  readonly app: OauthApp;
  readonly identityId: number;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  /** The one that is alive, the rest are spent; null when a later consent ended it. */
  refreshToken: string | null;
  /** Expiry in milliseconds by access token. */
  readonly accessTokens: Map<string, number>;
}

interface Code {
  readonly app: OauthApp;
  readonly identityId: number;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly expiresMs: number;
  /** The S256 challenge, when one was sent. */
  readonly challenge: string | null;
}

/** A request to the token endpoint, decoded. */
export type TokenForm = Readonly<Record<string, string>>;

const CODE_LIFE_MS = 5 * 60_000;

/** The authorisation server: codes, access tokens and refresh tokens that can be used once. */
export class TokenDesk {
  /** Calls with `grant_type=refresh_token`, refused ones too, and rotations that happened. */
  readonly counts = { refreshCalls: 0, rotations: 0, exchanges: 0 };
  readonly #now: () => number;
  readonly #switches: Switches;
  readonly #apps = new Map<string, OauthApp>();
  readonly #codes = new Map<string, Code>();
  readonly #grants = new Set<Grant>();

  constructor(now: () => number, switches: Switches) {
    this.#now = now;
    this.#switches = switches;
  }

  registerApp(app: OauthApp): void {
    this.#apps.set(app.clientId, app);
  }

  app(clientId: string): OauthApp | undefined {
    return this.#apps.get(clientId);
  }

  /** A code that lives five minutes and works once. */
  issueCode(code: Omit<Code, 'expiresMs'>): string {
    const text = secretText();
    this.#codes.set(text, { ...code, expiresMs: this.#now() + CODE_LIFE_MS });
    return text;
  }

  /** The token endpoint: `authorization_code` and `refresh_token`. Throws OauthRefusal. */
  answer(form: TokenForm): TokenAnswer {
    const app = this.#authenticateApp(form);
    if (form['grant_type'] === 'authorization_code') return this.#exchange(app, form);
    if (form['grant_type'] === 'refresh_token') return this.#refresh(app, form);
    throw new OauthRefusal(400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
  }

  /** Ends a grant by its access or refresh token; an unknown token is fine. Throws OauthRefusal for a bad client. */
  revoke(form: TokenForm): void {
    this.#authenticateApp(form);
    const token = form['token'] ?? '';
    for (const grant of this.#grants) {
      grant.accessTokens.delete(token);
      if (grant.refreshToken === token) this.#grants.delete(grant);
    }
  }

  /** Who a bearer token speaks for; null when it is unknown, revoked or expired. */
  authenticate(token: string): Access | null {
    for (const { accessTokens, identityId, scopes } of this.#grants) {
      const expiresMs = accessTokens.get(token);
      if (expiresMs !== undefined)
        return expiresMs > this.#now() ? { identityId, scopes: new Set(scopes) } : null;
    }
    return null;
  }

  /** A grant without the browser: what a finished consent would have left behind. */
  seed(grant: {
    app: OauthApp;
    identityId: number;
    scopes?: readonly string[];
    expiresInSeconds?: number;
  }): TokenAnswer {
    const { app, identityId, scopes = ALL_SCOPES } = grant;
    return this.#issue(this.#open(app, identityId, scopes), grant.expiresInSeconds);
  }

  #authenticateApp(form: TokenForm): OauthApp {
    const app = this.#apps.get(form['client_id'] ?? '');
    if (app === undefined || app.clientSecret !== form['client_secret']) throw invalidClient();
    return app;
  }

  #exchange(app: OauthApp, form: TokenForm): TokenAnswer {
    this.counts.exchanges += 1;
    const text = form['code'] ?? '';
    const code = this.#codes.get(text);
    this.#codes.delete(text);
    const fits = code?.app.clientId === app.clientId && code.redirectUri === form['redirect_uri'];
    if (code === undefined || !fits || code.expiresMs <= this.#now()) throw invalidGrant();
    if (code.challenge !== null && code.challenge !== challengeOf(form['code_verifier'] ?? ''))
      throw invalidGrant();
    return this.#issue(this.#open(app, code.identityId, code.scopes));
  }

  #refresh(app: OauthApp, form: TokenForm): TokenAnswer {
    this.counts.refreshCalls += 1;
    const redirectUri = form['redirect_uri'] ?? '';
    if (this.#switches.refreshNeedsRedirectUri && !allowsRedirect(app, redirectUri)) throw invalidClient();
    const sent = form['refresh_token'] ?? '';
    const grant = [...this.#grants].find(({ refreshToken }) => refreshToken === sent);
    if (grant?.app.clientId !== app.clientId) throw invalidGrant();
    this.counts.rotations += 1;
    if (this.#switches.oldAccessTokenDiesOnRefresh) grant.accessTokens.clear();
    return this.#issue(grant);
  }

  /** A second consent of the same login to the same app ends the first one's refresh token. */
  #open(app: OauthApp, identityId: number, scopes: readonly string[]): Grant {
    for (const grant of this.#grants) {
      if (grant.app.clientId === app.clientId && grant.identityId === identityId) grant.refreshToken = null;
    }
    const grant: Grant = {
      app,
      identityId,
      scopes,
      createdMs: this.#now(),
      refreshToken: null,
      accessTokens: new Map(),
    };
    this.#grants.add(grant);
    return grant;
  }

  #issue(grant: Grant, seconds: number = this.#switches.accessTokenSeconds): TokenAnswer {
    const now = this.#now();
    const scope = grant.scopes.join(' ');
    const accessToken = accessTokenText({
      scope,
      sub: grant.identityId,
      iat: unixSeconds(now),
      exp: unixSeconds(now) + seconds,
    });
    grant.accessTokens.set(accessToken, now + seconds * 1000);
    const refreshToken = secretText();
    grant.refreshToken = refreshToken;
    const createdMs = this.#switches.createdAt === 'first-grant' ? grant.createdMs : now;
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: seconds,
      created_at: unixSeconds(createdMs),
      refresh_token: refreshToken,
      scope,
      direct_buy_tokens: {},
    };
  }
}

function unixSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

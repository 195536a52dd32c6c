import { ConnectorError, type Clock, type HttpClient, type HttpResponse, type TokenPair } from '@mlc/core';
import { z } from 'zod';
import { failureOf, translated, type CallInWords } from '../shared/failure.ts';
import { machineClock, withoutEndSlash } from './client.ts';
import { mismatch, readAnswer, type Judgement } from './failures.ts';

/** Our FreshBooks app, as registered in its developer portal. */
export interface FreshBooksApp {
  /** `https://api.freshbooks.com`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Exactly as registered: https, no query. */
  readonly redirectUri: string;
  readonly clock?: Clock;
}

const PATH = '/auth/oauth/token';

const issuedTokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  created_at: z.number().nullish(),
});

/**
 * The page a person opens to let us in. `state` comes back unchanged and ties the answer to the question. Scopes are
 * left out: everything ticked on the app is then granted, while one wrong scope rejects the whole consent
 * (freshbooks.md 1.7).
 */
export function freshbooksAuthorizeUrl(consent: {
  readonly authUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  /** PKCE, S256 (freshbooks.md 1.7); left out: without. */
  readonly challenge?: string;
}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: consent.clientId,
    redirect_uri: consent.redirectUri,
    state: consent.state,
    ...(consent.challenge === undefined
      ? {}
      : { code_challenge: consent.challenge, code_challenge_method: 'S256' }),
  });
  return `${withoutEndSlash(consent.authUrl)}/oauth/authorize?${query.toString()}`;
}

/** Ends at the earlier of both readings: a live refresh was seen to answer with the first grant's `created_at`. */
function toPair(issued: z.infer<typeof issuedTokens>, now: Date): TokenPair {
  const fromNowMs = now.getTime() + issued.expires_in * 1000;
  const fromCreationMs = ((issued.created_at ?? Infinity) + issued.expires_in) * 1000;
  return {
    accessToken: issued.access_token,
    refreshToken: issued.refresh_token,
    expiresAt: new Date(Math.min(fromNowMs, fromCreationMs)),
  };
}

/** What is handed in, besides the app's own credentials: `secret` is the code or the refresh token. */
interface Grant {
  readonly type: 'authorization_code' | 'refresh_token';
  readonly name: 'code' | 'refresh_token';
  readonly secret: string;
  /** PKCE. */
  readonly verifier?: string;
}

function bodyOf(app: FreshBooksApp, grant: Grant): string {
  return JSON.stringify({
    grant_type: grant.type,
    client_id: app.clientId,
    client_secret: app.clientSecret,
    [grant.name]: grant.secret,
    ...(grant.verifier === undefined ? {} : { code_verifier: grant.verifier }),
    // On refreshing too: leaving it out is reported to end in invalid_client (freshbooks.md 1.2).
    redirect_uri: app.redirectUri,
  });
}

/** FreshBooks says 400 `invalid_grant` for a spent code or refresh token: only a person can help (freshbooks.md 1.4). */
function spent(call: CallInWords, failure: unknown): unknown {
  if (!(failure instanceof ConnectorError) || failure.reason !== 'invalid_grant') return failure;
  const details = { reason: 'invalid_grant', cause: failure };
  return failureOf(call, 'unauthorised', `${failure.message}; authorise FreshBooks again`, {
    ...details,
    ...(failure.status === undefined ? {} : { status: failure.status }),
    ...(failure.response === undefined ? {} : { response: failure.response }),
  });
}

function readTokens(response: HttpResponse, judgement: Judgement): TokenPair {
  const parsed = issuedTokens.safeParse(readAnswer(response, judgement));
  if (parsed.success) return toPair(parsed.data, judgement.now);
  throw mismatch(response, judgement, parsed.error);
}

async function requestTokens(
  http: HttpClient,
  app: FreshBooksApp,
  operation: string,
  grant: Grant,
): Promise<TokenPair> {
  const call: CallInWords = { provider: 'freshbooks', operation, write: true, request: `POST ${PATH}` };
  try {
    const response = await http.send({
      method: 'POST',
      url: withoutEndSlash(app.apiUrl) + PATH,
      headers: { 'Content-Type': 'application/json' },
      body: bodyOf(app, grant),
      idempotentRead: false,
    });
    const now = (app.clock ?? machineClock).now();
    const secrets = [
      app.clientSecret,
      grant.secret,
      ...(grant.verifier === undefined ? [] : [grant.verifier]),
    ];
    return readTokens(response, { call, now, secrets });
  } catch (failure) {
    throw spent(call, translated(call, failure));
  }
}

/**
 * Turns the code of a consent into tokens. The code lives 5 minutes and works once. Rejects with ConnectorError:
 * `unauthorised` when FreshBooks does not take the code (reason `invalid_grant`) or the app (`invalid_client`).
 */
export function exchangeCode(
  http: HttpClient,
  app: FreshBooksApp,
  { code, verifier }: { readonly code: string; readonly verifier?: string },
): Promise<TokenPair> {
  const grant: Grant = { type: 'authorization_code', name: 'code', secret: code };
  return requestTokens(http, app, 'exchangeCode', verifier === undefined ? grant : { ...grant, verifier });
}

/**
 * Trades a refresh token for a new pair and spends it (freshbooks.md 1.4). One caller at a time, never repeated blindly.
 * Rejects with ConnectorError: `unauthorised` with reason `invalid_grant` when it was spent before or `invalid_client`
 * when the app's credentials are wrong (the token is still good then); `transient` when nothing was sent;
 * `outcome-unknown` when the token may be spent without our having the new pair.
 */
export function refreshTokens(
  http: HttpClient,
  app: FreshBooksApp,
  refreshToken: string,
): Promise<TokenPair> {
  return requestTokens(http, app, 'refreshTokens', {
    type: 'refresh_token',
    name: 'refresh_token',
    secret: refreshToken,
  });
}

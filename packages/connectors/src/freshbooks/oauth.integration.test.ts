import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '@mlc/testkit/fakes/scripted-server';
import { exchangeCode, freshbooksAuthorizeUrl, refreshTokens, type FreshBooksApp } from './oauth.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const http = createHttpClient({ version: 'test', retryBaseMs: 1, totalTimeoutMs: 300 });
let server: ScriptedServer;
let app: FreshBooksApp;

beforeAll(async () => {
  server = await startScriptedServer();
  app = {
    apiUrl: server.url,
    clientId: 'client-id',
    clientSecret: 'client-secret',
    redirectUri: 'https://console.test/oauth/freshbooks',
    clock: { now: () => NOW },
  };
});
afterAll(async () => {
  http.close();
  await server.close();
});

const issued = (changes: object = {}) => ({
  json: {
    access_token: 'new-access',
    token_type: 'Bearer',
    expires_in: 43_200,
    created_at: NOW.getTime() / 1000,
    refresh_token: 'new-refresh',
    scope: 'user:profile:read',
    direct_buy_tokens: {},
    ...changes,
  },
});

describe('refreshTokens', () => {
  it('sends everything FreshBooks wants and reads the pair', async () => {
    server.script(issued());
    expect(await refreshTokens(http, app, 'old-refresh')).toEqual({
      accessToken: 'new-access',
      refreshToken: 'new-refresh',
      expiresAt: new Date('2026-11-23T00:00:00Z'),
    });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/auth/oauth/token' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client-id',
      client_secret: 'client-secret',
      refresh_token: 'old-refresh',
      redirect_uri: 'https://console.test/oauth/freshbooks',
    });
  });

  it.each([
    [
      'created_at of the first grant',
      { created_at: NOW.getTime() / 1000 - 40_000 },
      '2026-11-22T12:53:20.000Z',
    ],
    ['a server clock ahead of ours', { created_at: NOW.getTime() / 1000 + 900 }, '2026-11-23T00:00:00.000Z'],
    ['no created_at', { created_at: undefined }, '2026-11-23T00:00:00.000Z'],
  ])('expires at the earlier reading: %s', async (_name, changes, expected) => {
    server.script(issued(changes));
    expect((await refreshTokens(http, app, 'r')).expiresAt.toISOString()).toBe(expected);
  });

  it.each([
    [
      'spent',
      { status: 400, json: { error: 'invalid_grant', error_description: 'Spent.' } },
      'unauthorised',
      'invalid_grant',
    ],
    [
      'wrong app',
      { status: 401, json: { error: 'invalid_client', error_description: 'x' } },
      'unauthorised',
      'invalid_client',
    ],
    [
      'malformed',
      { status: 400, json: { error: 'invalid_request', error_description: 'x' } },
      'rejected',
      'invalid_request',
    ],
    ['limited', { status: 429, headers: { 'Retry-After': '3' } }, 'rate-limited', undefined],
    ['rotated, then broke', { status: 500 }, 'outcome-unknown', undefined],
    ['rotated, then cut', 'cut', 'outcome-unknown', 'cut'],
    ['rotated, then silence', 'silent', 'outcome-unknown', 'timeout'],
    ['garbage', { text: '<html>' }, 'outcome-unknown', undefined],
    ['no refresh token in it', issued({ refresh_token: undefined }), 'outcome-unknown', 'unexpected_answer'],
  ] as [string, ScriptedAnswer, string, string | undefined][])('%s', async (...[, answer, kind, reason]) => {
    server.script(answer);
    const refreshing = refreshTokens(http, app, 'old-refresh');
    await expect(refreshing).rejects.toMatchObject({ kind, ...(reason === undefined ? {} : { reason }) });
    expect(server.seen).toHaveLength(1);
  });

  it('is transient when nothing was sent', async () => {
    const gone = await startScriptedServer();
    await gone.close();
    await expect(refreshTokens(http, { ...app, apiUrl: gone.url }, 'r')).rejects.toMatchObject({
      kind: 'transient',
    });
  });

  it('keeps secrets out of what it throws', async () => {
    const echo = 'old-refresh client-secret new-access';
    server.script({ status: 400, json: { error: 'invalid_grant', error_description: echo } });
    const failure: unknown = await refreshTokens(http, app, 'old-refresh').catch((error: unknown) => error);
    expect(JSON.stringify(failure)).not.toMatch(/old-refresh|client-secret/);
  });
});

describe('exchangeCode', () => {
  it('sends the code', async () => {
    server.script(issued());
    await exchangeCode(http, app, { code: 'the-code' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'https://console.test/oauth/freshbooks',
    });
  });

  it('is unauthorised for a code that is too old', async () => {
    server.script({ status: 400, json: { error: 'invalid_grant', error_description: 'x' } });
    await expect(exchangeCode(http, app, { code: 'c' })).rejects.toMatchObject({
      kind: 'unauthorised',
      operation: 'exchangeCode',
    });
  });
});

describe('freshbooksAuthorizeUrl', () => {
  it('names app, way back and state', () => {
    const url = freshbooksAuthorizeUrl({
      authUrl: 'https://auth.freshbooks.com/',
      clientId: 'c&d',
      redirectUri: 'https://console.test/back',
      state: 's t',
    });
    expect(url).toBe(
      'https://auth.freshbooks.com/oauth/authorize?response_type=code&client_id=c%26d&redirect_uri=https%3A%2F%2Fconsole.test%2Fback&state=s+t',
    );
  });
});

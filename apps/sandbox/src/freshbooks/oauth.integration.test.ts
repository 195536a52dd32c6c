import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_APP } from './sandbox.ts';
import { APP, PATHS, REDIRECT, startStand } from './test-stand.ts';
import type { Answer, Stand } from './test-stand.ts';

let stand: Stand;

const refresh = (refresh_token: string, more: object = {}): Promise<Answer> =>
  stand.call('POST', '/auth/oauth/token', {
    grant_type: 'refresh_token',
    refresh_token,
    ...APP,
    ...REDIRECT,
    ...more,
  });

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

describe('tokens', () => {
  it('takes form and Basic credentials, rotates, and refuses the spent one with 400 invalid_grant', async () => {
    const { refresh_token } = stand.sandbox.freshbooks.seedTokens({ expiresInSeconds: 60 });
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, ...REDIRECT }).toString();
    const basic = Buffer.from(`${SANDBOX_APP.clientId}:${SANDBOX_APP.clientSecret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const first = await stand.call('POST', '/auth/oauth/token', form, headers);
    expect(first).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 43_200 } });
    expect(first.body).toMatchObject({ refresh_token: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(stand.sandbox.freshbooks.tokens.counts).toMatchObject({ refreshCalls: 2, rotations: 1 });
  });

  it('refuses a bad client and a refresh without redirect_uri with 401 invalid_client', async () => {
    const { refresh_token } = stand.sandbox.freshbooks.seedTokens();
    const refused = { status: 401, body: { error: 'invalid_client' } };
    expect(await refresh(refresh_token, { client_secret: 'wrong' })).toMatchObject(refused);
    expect(await refresh(refresh_token, { redirect_uri: '' })).toMatchObject(refused);
    expect(await refresh(refresh_token)).toMatchObject({ status: 200 });
  });

  it('lets the old access token live, or die at once when told to', async () => {
    const seeded = stand.sandbox.freshbooks.seedTokens();
    stand.token = seeded.access_token;
    const next = (await refresh(seeded.refresh_token)).body as { refresh_token: string };
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({ status: 200 });
    stand.sandbox.freshbooks.switches.oldAccessTokenDiesOnRefresh = true;
    await refresh(next.refresh_token);
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({
      status: 401,
      body: { error: 'unauthenticated' },
    });
  });

  it('expires access tokens by the sandbox clock', async () => {
    stand.token = stand.sandbox.freshbooks.seedTokens({ expiresInSeconds: 3600 }).access_token;
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({ status: 200 });
    await stand.sandbox.clock.advanceDays(1);
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({ status: 401 });
  });

  it('can rotate and never deliver: the token is lost', async () => {
    const { refresh_token } = stand.sandbox.freshbooks.seedTokens();
    stand.sandbox.freshbooks.faults.add({ kind: 'cut-after', path: '/auth/oauth/token' });
    await expect(refresh(refresh_token)).rejects.toThrow();
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('ends the earlier refresh token when the login consents again', async () => {
    const first = stand.sandbox.freshbooks.seedTokens();
    stand.sandbox.freshbooks.seedTokens();
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 400 });
  });

  it('revokes an access token at once', async () => {
    expect(await stand.call('POST', '/auth/oauth/revoke', { ...APP, token: stand.token })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(await stand.call('GET', '/auth/api/v1/users/me')).toMatchObject({ status: 401 });
  });

  it('sends an unknown scope back to the app, a code is worth five minutes', async () => {
    const query = new URLSearchParams({ response_type: 'code', client_id: APP.client_id, ...REDIRECT });
    const authorize = async (more: string): Promise<URL> => {
      const url = `${stand.sandbox.urls.freshbooks}/oauth/authorize?${query.toString()}${more}`;
      return new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
    };
    expect((await authorize('&scope=user:profile:write')).searchParams.get('error')).toBe('invalid_scope');
    const code = (await authorize('')).searchParams.get('code');
    await stand.sandbox.clock.advanceDays(1 / 240);
    const late = await stand.call('POST', '/auth/oauth/token', {
      grant_type: 'authorization_code',
      code,
      ...APP,
      ...REDIRECT,
    });
    expect(late).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await stand.call('GET', '/oauth/authorize?client_id=nobody')).toMatchObject({ status: 500 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SHAPES } from '../../../../tests/support/paypal-shapes.ts';
import { misfits } from '../../../../tests/support/shape.ts';
import { SANDBOX_MERCHANT } from './sandbox.ts';
import { SCOPES } from './scopes.ts';
import { startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

const HOOKS = '/v1/notifications/webhooks';
const UNKNOWN = '/v2/payments/captures/0AB12345CD678901E';

let stand: Stand;

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

const tokenOf = ({ body }: { body: unknown }): { access_token: string; expires_in: number; scope: string } =>
  body as { access_token: string; expires_in: number; scope: string };

describe('tokens', () => {
  it('are the same again with less to live, until shortly before their end', async () => {
    const first = await stand.askToken();
    expect(misfits(first.body, SHAPES.token)).toEqual([]);
    expect(tokenOf(first).expires_in).toBeGreaterThan(32_390);
    await stand.sandbox.clock.advanceDays(0.25);
    const later = tokenOf(await stand.askToken());
    expect(later.access_token).toBe(stand.token);
    expect(later.expires_in).toBeLessThanOrEqual(32_400 - 21_600);
    await stand.sandbox.clock.advanceDays(0.12);
    expect(tokenOf(await stand.askToken()).access_token).not.toBe(stand.token);
    await stand.sandbox.clock.advanceDays(0.01);
    expect(await stand.get(HOOKS)).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: 'Access Token not found in cache' },
    });
  });

  it('are new every time when the settings say so', async () => {
    stand.paypal.settings.reuseTokens = false;
    expect(tokenOf(await stand.askToken()).access_token).not.toBe(stand.token);
    expect((await stand.get(HOOKS)).status).toBe(200);
  });

  it('are refused to wrong credentials, and after too many tries with nothing but 429', async () => {
    expect(await stand.askToken('nobody')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Client Authentication failed' },
    });
    const statuses: number[] = [];
    for (let at = 0; at < 10; at += 1) statuses.push((await stand.askToken(undefined, 'wrong')).status);
    expect(statuses).toEqual([...Array<number>(9).fill(401), 429]);
    const silent = await stand.askToken(undefined, 'wrong');
    expect(silent).toMatchObject({ status: 429, body: '' });
    expect(silent.headers.get('paypal-debug-id')).toMatch(/^[0-9a-f]{13}$/);
    expect((await stand.askToken()).status).toBe(200);
  });

  it('die in three styles', async () => {
    stand.paypal.tokens.revoke(SANDBOX_MERCHANT.clientId);
    expect((await stand.get(HOOKS)).body).toMatchObject({ error: 'invalid_token' });
    expect((await stand.call('GET', HOOKS, { token: 'made-up' })).body).toMatchObject({
      error_description: 'Token signature verification failed',
    });
    stand.paypal.settings.unauthorisedStyle = 'resource';
    const resource = await stand.get(HOOKS);
    expect(resource).toMatchObject({ status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
    expect(misfits(resource.body, SHAPES.error)).toEqual([]);
    expect(resource.headers.get('paypal-debug-id')).toBe((resource.body as { debug_id: string }).debug_id);
    stand.paypal.settings.unauthorisedStyle = 'empty';
    const empty = await stand.get(HOOKS);
    expect(empty).toMatchObject({ status: 401, body: '' });
    expect(empty.headers.get('www-authenticate')).toContain('Bearer error="invalid_token"');
    expect(await stand.call('GET', HOOKS, { token: null })).toMatchObject({
      body: { name: 'AUTHENTICATION_FAILURE' },
    });
  });

  it('may do what their scopes say; a feature that is switched on needs a new one', async () => {
    const { account } = stand.paypal;
    const path = '/v1/reporting/transactions?start_date=2026-11-01T00:00:00Z&end_date=2026-11-01T01:00:00Z';
    account.scopes = account.scopes.filter((scope) => scope !== SCOPES.search);
    stand.paypal.tokens.revoke();
    stand.token = tokenOf(await stand.askToken()).access_token;
    expect(await stand.get(path)).toMatchObject({
      status: 403,
      body: { name: 'NOT_AUTHORIZED', details: [{ issue: 'PERMISSION_DENIED' }] },
    });
    account.scopes = [...account.scopes, SCOPES.search];
    expect((await stand.get(path)).status).toBe(403);
    stand.paypal.tokens.revoke();
    stand.token = tokenOf(await stand.askToken()).access_token;
    expect((await stand.get(path)).status).toBe(200);
  });
});

describe('merchants', () => {
  it('do not see each other', async () => {
    const other = stand.paypal.addMerchant({ clientId: 'b', clientSecret: 's', merchantId: 'BBBBBBBBBBBBB' });
    const { captureId } = other.scenarios.payerPays({ amount: '7.00' });
    expect((await stand.get(`/v2/payments/captures/${captureId}`)).status).toBe(404);
    stand.token = tokenOf(await stand.askToken('b', 's')).access_token;
    expect((await stand.get(`/v2/payments/captures/${captureId}`)).body).toMatchObject({
      payee: { merchant_id: 'BBBBBBBBBBBBB' },
    });
    expect(stand.paypal.books().captures).toEqual([]);
  });
});

describe('errors', () => {
  it('have the shapes of the specification', async () => {
    const unknown = await stand.get(UNKNOWN);
    expect(unknown).toMatchObject({
      status: 404,
      body: { name: 'RESOURCE_NOT_FOUND', details: [{ issue: 'INVALID_RESOURCE_ID' }] },
    });
    const broken = await stand.call('POST', '/v2/checkout/orders', { body: '{"intent":' });
    expect(broken).toMatchObject({ status: 400, body: { details: [{ issue: 'MALFORMED_REQUEST_JSON' }] } });
    const type = { 'content-type': 'text/plain' };
    const wrongType = await stand.call('POST', '/v2/checkout/orders', { body: '{}', headers: type });
    expect(wrongType).toMatchObject({ status: 415, body: { name: 'UNSUPPORTED_MEDIA_TYPE' } });
    for (const { body } of [unknown, broken, wrongType]) expect(misfits(body, SHAPES.error)).toEqual([]);
  });

  it('limit the rate without saying how long', async () => {
    stand.paypal.settings.requestsPerMinute = 2;
    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await stand.get(HOOKS)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const limited = await stand.get(HOOKS);
    expect(limited.body).toMatchObject({ name: 'RATE_LIMIT_REACHED', details: [], links: [] });
    expect(limited.headers.get('retry-after')).toBeNull();
  });

  it('are injected in the same words', async () => {
    const { faults } = stand.paypal;
    faults.add({ kind: 'rate-limit', path: '/v1/oauth2/token' });
    expect(await stand.askToken()).toMatchObject({ status: 429, body: '' });
    faults.add({ kind: 'rate-limit', path: '/captures' });
    expect((await stand.get(UNKNOWN)).body).toMatchObject({ name: 'RATE_LIMIT_REACHED' });
    faults.add({ kind: 'status', status: 503, path: '/captures' });
    expect(await stand.get(UNKNOWN)).toMatchObject({ status: 503, body: { name: 'SERVICE_UNAVAILABLE' } });
    faults.add({ kind: 'status', status: 401, path: '/captures', body: '' });
    expect(await stand.get(UNKNOWN)).toMatchObject({ status: 401, body: '' });
    const { captureId } = stand.play.payerPays({ amount: '10.00' });
    faults.add({ kind: 'cut-after', method: 'POST', path: '/refund' });
    const refund = `/v2/payments/captures/${captureId}/refund`;
    const headers = { 'paypal-request-id': 'once' };
    await expect(stand.call('POST', refund, { body: {}, headers })).rejects.toThrow();
    expect(await stand.call('POST', refund, { body: {}, headers })).toMatchObject({ status: 200 });
    expect(stand.paypal.books().refunds).toHaveLength(1);
  });
});

describe('the control API', () => {
  const control = (name: string, body: object = {}): ReturnType<Stand['call']> =>
    stand.call('POST', `/_sandbox/scenarios/${name}`, { body, token: null });

  it('plays scenarios, changes settings, hands out the authority', async () => {
    const paid = await control('payerPays', {
      amount: '12.50',
      currency: 'EUR',
      payerEmail: 'x@buyer.example',
    });
    expect(paid).toMatchObject({ status: 200, body: { status: 'COMPLETED', amount: '12.50' } });
    const { captureId } = paid.body as { captureId: string };
    expect((await control('openDispute', { paymentId: captureId })).body).toMatchObject({ status: 'OPEN' });
    expect((await control('books')).body).toMatchObject({ totals: { EUR: { received: '12.50' } } });
    expect((await control('settings', { searchDelayMinutes: 1 })).body).toMatchObject({
      searchDelayMinutes: 1,
    });
    expect((await control('certificateAuthority')).body).toEqual({
      pem: stand.paypal.caBundle,
      urlPrefix: `${stand.sandbox.urls.paypal}/v1/notifications/certs/`,
    });
    expect((await control('addWebhook', { url: 'http://127.0.0.1:9/x' })).body).toMatchObject({
      id: expect.any(String),
    });
    expect((await control('webhooks')).body).toMatchObject([{ eventTypes: ['*'] }]);
    expect((await control('rotateCertificate')).body).toMatchObject({
      url: expect.stringContaining('CERT-'),
    });
    expect((await control('revokeTokens')).body).toEqual({ revoked: 1 });
    expect((await stand.call('GET', '/_sandbox/state', { token: null })).body).toMatchObject({
      merchants: [{ captures: [{ id: captureId }], events: expect.any(Array) }],
    });
  });

  it.each([
    ['payerPays', {}, 'amount: a decimal string is needed'],
    ['payerPays', { amount: '1.005' }, 'DECIMAL_PRECISION'],
    ['payerPays', { amount: '1.00', webhook: 'maybe' }, 'webhook: one of sent, lost, none'],
    ['refund', { captureId: 'X' }, 'captureId: the sandbox has no X'],
    ['openDispute', {}, 'paymentId: the sandbox has no such thing'],
    ['payerPays', { merchant: 'X' }, 'merchant: the sandbox has no X'],
    ['settings', { colour: 'red' }, 'no setting colour'],
    ['addWebhook', { url: 'x' }, 'url: an http(s) address'],
    ['addWebhook', { url: 'http://x/', eventTypes: ['NO'] }, 'eventTypes: no event type "NO"'],
  ])('says what is wrong with %s %j', async (name, body, message) => {
    expect(await control(name, body)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(message) },
    });
  });
});

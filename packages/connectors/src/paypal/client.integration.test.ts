import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Captures, ConnectorError } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type ScriptedAnswer, type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { paypalCaptures } from './captures.ts';
import { askPaypal } from './webhook-postback.ts';
import { paypalPing } from './ping.ts';
import { type PaypalApp, paypalTokens } from './tokens.ts';
import { paypalWebhooks } from './webhook-registration.ts';

let provider: ScriptedProvider;
let http: ClosableHttpClient;
/** For calls that are never answered. */
let hasty: ClosableHttpClient;
let now = new Date('2026-11-22T10:00:00.000Z');
let takeWaitMs = 0;
const pauses: number[] = [];

beforeAll(async () => {
  provider = await scriptedProvider();
  http = createHttpClient({ version: 'test', totalTimeoutMs: 5_000, readRetries: 0 });
  hasty = createHttpClient({ version: 'test', totalTimeoutMs: 250, readRetries: 0 });
});

beforeEach(() => {
  now = new Date('2026-11-22T10:00:00.000Z');
  pauses.length = 0;
  takeWaitMs = 0;
});

afterAll(async () => {
  http.close();
  hasty.close();
  await provider.close();
});

const SECRET = 'EGnHDxD_qRPdaLdZz8iCr8N7_MzF';

function app(client: ClosableHttpClient = http): PaypalApp {
  return {
    http: client,
    limiter: {
      take: () => Promise.resolve(takeWaitMs),
      pause: (waitMs) => {
        pauses.push(waitMs);
        return Promise.resolve();
      },
    },
    apiUrl: `${provider.url}/`,
    clientId: 'client-1',
    clientSecret: () => Promise.resolve(SECRET),
    connectionId: 'conn-1',
    clock: { now: () => now },
  };
}

function access(client: ClosableHttpClient = http) {
  const own = app(client);
  return { ...own, tokens: paypalTokens(own), merchantId: 'RD465XN5VS364' };
}

const captures = (client: ClosableHttpClient = http): Captures => paypalCaptures(access(client));

function token(accessToken = 'A21AA-one', expiresIn: number | string = 31_668): ScriptedAnswer {
  return {
    body: {
      scope: 'https://uri.paypal.com/services/reporting/search/read openid',
      access_token: accessToken,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: expiresIn,
      nonce: '2022-08-03T15:35:36Z',
    },
  };
}

const CAPTURE = {
  id: '12A34567BC123456S',
  status: 'COMPLETED',
  amount: { currency_code: 'USD', value: '30.00' },
  create_time: '2022-08-23T18:29:50Z',
};

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw outcome;
}

const resourceError = (status: number, name: string, details: unknown[] = []): ScriptedAnswer => ({
  status,
  headers: { 'paypal-debug-id': '90957fca61718' },
  body: { name, message: 'What it says.', debug_id: '90957fca61718', details, links: [] },
});

describe('tokens', () => {
  test('are asked for with Basic and a form, and kept', async () => {
    provider.script(token(), { body: CAPTURE }, { body: CAPTURE });
    const own = captures();
    await own.getCapture(CAPTURE.id);
    await own.getCapture(CAPTURE.id);
    expect(provider.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/oauth2/token',
      `GET /v2/payments/captures/${CAPTURE.id}`,
      `GET /v2/payments/captures/${CAPTURE.id}`,
    ]);
    expect(provider.requests[0]).toMatchObject({ body: 'grant_type=client_credentials' });
    expect(provider.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`client-1:${SECRET}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(provider.requests[1]?.headers.authorization).toBe('Bearer A21AA-one');
  });

  test('however many ask, one request goes out', async () => {
    provider.script(token());
    const tokens = paypalTokens(app());
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.current()));
    expect(new Set(got)).toEqual(new Set(['A21AA-one']));
    expect(provider.requests).toHaveLength(1);
  });

  test('are renewed 5 minutes ahead, short ones a tenth ahead', async () => {
    provider.script(token('one', 3_600), token('two', '100'), token('three'));
    const tokens = paypalTokens(app());
    expect(await tokens.current()).toBe('one');
    now = new Date(now.getTime() + 3_300_000 - 1);
    expect(await tokens.current()).toBe('one');
    now = new Date(now.getTime() + 1);
    expect(await tokens.current()).toBe('two');
    now = new Date(now.getTime() + 89_999);
    expect(await tokens.current()).toBe('two');
    now = new Date(now.getTime() + 1);
    expect(await tokens.current()).toBe('three');
  });

  test('a failure is not kept', async () => {
    provider.script({ status: 500, body: '' }, token());
    const tokens = paypalTokens(app());
    expect(await failureOf(tokens.current())).toMatchObject({ kind: 'transient', operation: 'requestToken' });
    expect(await tokens.current()).toBe('A21AA-one');
  });

  test.each([
    [401, { error: 'invalid_client', error_description: 'Client Authentication failed' }, 'invalid_client'],
    [400, { error: 'unauthorized_client', error_description: 'x' }, 'unauthorized_client'],
    [401, '', undefined],
  ])('%i %j: the credentials are wrong, and nothing of them is told', async (status, body, reason) => {
    provider.script({ status, body });
    const failure = await failureOf(captures().getCapture(CAPTURE.id));
    expect(failure).toMatchObject({ kind: 'unauthorised', connectionId: 'conn-1' });
    expect(failure.reason).toBe(reason);
    expect(failure.message).toContain('client id and secret');
    expect(JSON.stringify(failure)).not.toContain(SECRET);
    expect(provider.requests).toHaveLength(1);
  });

  test.each([
    [{ status: 429, body: '' }, undefined, 60_000],
    [{ status: 429, headers: { 'Retry-After': '30' }, body: '' }, 30_000, 30_000],
  ])('429 with an empty body: %j', async (answer, retryAfterMs, paused) => {
    provider.script(answer);
    const failure = await failureOf(captures().getCapture(CAPTURE.id));
    expect(failure.kind).toBe('rate-limited');
    expect(failure.retryAfterMs).toBe(retryAfterMs);
    expect(pauses).toEqual([paused]);
  });

  test('429 that names no time pauses as long as is configured', async () => {
    provider.script({ status: 429, body: '' });
    const own = app();
    const limiter = { ...own.limiter, unsaidWaitMs: 3_000 };
    const tokens = paypalTokens({ ...own, limiter });
    const failure = await failureOf(paypalCaptures({ ...access(), limiter, tokens }).getCapture(CAPTURE.id));
    expect(failure).toMatchObject({ kind: 'rate-limited' });
    expect(pauses).toEqual([3_000]);
  });

  test('an answer without a token names the field', async () => {
    provider.script({ body: { expires_in: 1 } });
    expect(await failureOf(captures().getCapture(CAPTURE.id))).toMatchObject({
      kind: 'rejected',
      field: 'access_token',
    });
  });
});

describe('401', () => {
  const families: [string, ScriptedAnswer][] = [
    [
      'identity',
      {
        status: 401,
        body: { error: 'invalid_token', error_description: 'Token signature verification failed' },
      },
    ],
    ['resource', resourceError(401, 'AUTHENTICATION_FAILURE')],
    ['empty', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: '' }],
    ['not JSON', { status: 401, body: '<html>' }],
  ];

  test.each(families)('%s: one newer token, then on', async (_name, refusal) => {
    provider.script(token('one'), refusal, token('two'), { body: CAPTURE });
    expect(await captures().getCapture(CAPTURE.id)).toMatchObject({ id: CAPTURE.id });
    expect(provider.requests.at(-1)?.headers.authorization).toBe('Bearer two');
  });

  test.each(families)('%s twice: unauthorised', async (_name, refusal) => {
    provider.script(token('one'), refusal, token('two'), refusal);
    expect(await failureOf(captures().getCapture(CAPTURE.id))).toMatchObject({
      kind: 'unauthorised',
      connectionId: 'conn-1',
      status: 401,
    });
    expect(provider.requests).toHaveLength(4);
  });

  test('many jobs with one spent token make one refresh', async () => {
    const own = captures();
    provider.script(token('one'), { body: CAPTURE });
    await own.getCapture(CAPTURE.id);
    const answerTo: ScriptedAnswer | ((request: { path: string; headers: object }) => ScriptedAnswer) = ({
      path,
      headers,
    }) => {
      if (path.endsWith('/token')) return token('two');
      const isNew = JSON.stringify(headers).includes('Bearer two');
      return isNew ? { body: CAPTURE } : { status: 401, body: '' };
    };
    provider.script(...Array.from({ length: 40 }, () => answerTo));
    await Promise.all(Array.from({ length: 8 }, () => own.getCapture(CAPTURE.id)));
    expect(provider.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  test('a blocked account is not cured by a token', async () => {
    provider.script(
      token(),
      resourceError(401, 'AUTHENTICATION_FAILURE', [{ issue: 'INVALID_ACCOUNT_STATUS', description: 'x' }]),
    );
    expect(await failureOf(captures().getCapture(CAPTURE.id))).toMatchObject({
      kind: 'unauthorised',
      connectionId: 'conn-1',
      reason: 'INVALID_ACCOUNT_STATUS',
      message: expect.stringContaining('restricted this account') as unknown,
    });
    expect(provider.requests).toHaveLength(2);
  });
});

describe('403 for a feature', () => {
  const refusal = resourceError(403, 'NOT_AUTHORIZED', [{ issue: 'PERMISSION_DENIED', description: 'x' }]);
  const MINUTE_MS = 60_000;
  const later = (ms: number): void => void (now = new Date(now.getTime() + ms));
  const asked = (): number => provider.requests.filter(({ path }) => path.endsWith('/token')).length;

  test('a token made before it was switched on is asked for anew, once in 5 minutes', async () => {
    provider.script(token('old'), { body: CAPTURE }, refusal, token('new'), { body: CAPTURE });
    const own = captures();
    await own.getCapture(CAPTURE.id);
    later(MINUTE_MS);
    expect(await own.getCapture(CAPTURE.id)).toMatchObject({ id: CAPTURE.id });
    expect(provider.requests.at(-1)?.headers.authorization).toBe('Bearer new');
    expect(asked()).toBe(2);

    provider.script(refusal, refusal, refusal, refusal, token('newest'), { body: CAPTURE });
    for (const waitedMs of [0, MINUTE_MS, 4 * MINUTE_MS - 1]) {
      later(waitedMs);
      expect(await failureOf(own.getCapture(CAPTURE.id))).toMatchObject({ reason: 'PERMISSION_DENIED' });
    }
    expect(asked()).toBe(0);
    later(1);
    expect(await own.getCapture(CAPTURE.id)).toMatchObject({ id: CAPTURE.id });
  });

  test('a refusal of the newer token stands', async () => {
    provider.script(token('old'), { body: CAPTURE }, refusal, token('new'), refusal);
    const own = captures();
    await own.getCapture(CAPTURE.id);
    later(MINUTE_MS);
    expect(await failureOf(own.getCapture(CAPTURE.id))).toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(provider.requests).toHaveLength(5);
  });

  test.each([
    ['the same token again', token('old')],
    ['a token endpoint that fails', { status: 500, body: '' }],
  ])('%s: the refusal stands, and the token goes on serving', async (_name, answer) => {
    provider.script(token('old'), { body: CAPTURE }, refusal, answer, refusal, { body: CAPTURE });
    const own = captures();
    await own.getCapture(CAPTURE.id);
    later(MINUTE_MS);
    for (let turn = 0; turn < 2; turn += 1)
      expect(await failureOf(own.getCapture(CAPTURE.id))).toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(await own.getCapture(CAPTURE.id)).toMatchObject({ id: CAPTURE.id });
    expect(asked()).toBe(2);
  });

  test('many jobs with one old token ask once', async () => {
    const own = captures();
    provider.script(token('old'), { body: CAPTURE });
    await own.getCapture(CAPTURE.id);
    later(MINUTE_MS);
    const answerTo = ({ path, headers }: { path: string; headers: object }): ScriptedAnswer => {
      if (path.endsWith('/token')) return token('new');
      return JSON.stringify(headers).includes('Bearer new') ? { body: CAPTURE } : refusal;
    };
    provider.script(...Array.from({ length: 40 }, () => answerTo));
    await Promise.all(Array.from({ length: 8 }, () => own.getCapture(CAPTURE.id)));
    expect(asked()).toBe(1);
  });
});

describe('failures', () => {
  const get = (client: ClosableHttpClient = http) => captures(client).getCapture(CAPTURE.id);
  const create = (client: ClosableHttpClient = http) =>
    paypalWebhooks(access(client)).create('https://hooks.test/x', ['A']);

  const details = [
    { field: '/purchase_units/0/invoice_id', issue: 'DUPLICATE_INVOICE_ID', description: 'Twice.' },
  ];
  const table: [string, ScriptedAnswer, typeof get | typeof create, object][] = [
    ['400', resourceError(400, 'INVALID_REQUEST', details), get, { kind: 'rejected', reason: 'DUPLICATE_INVOICE_ID', field: 'purchase_units/0/invoice_id', status: 400 }],
    ['403', resourceError(403, 'NOT_AUTHORIZED', [{ issue: 'PERMISSION_DENIED' }]), get, { kind: 'rejected', reason: 'PERMISSION_DENIED' }],
    ['409', resourceError(409, 'RESOURCE_CONFLICT', [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }]), create, { kind: 'conflict' }],
    ['422', resourceError(422, 'UNPROCESSABLE_ENTITY', details), create, { kind: 'rejected' }],
    ['webhooks vocabulary', { status: 400, body: { name: 'VALIDATION_ERROR', message: 'Invalid data provided', information_link: 'x', debugId: 'abc', details: [{ field: 'url', issue: 'Not a valid webhook URL' }] } }, create, { kind: 'rejected', reason: 'VALIDATION_ERROR', field: 'url' }],
    ['webhooks spec: issues', { status: 400, body: { name: 'INVALID_REQUEST', message: 'x', issues: [{ field: '/url', issue: 'INVALID_STRING_LENGTH' }] } }, create, { kind: 'rejected', reason: 'INVALID_STRING_LENGTH', field: 'url' }],
    ['429', { status: 429, body: { name: 'RATE_LIMIT_REACHED', debug_id: '82314f17885c7', message: 'Too many requests. Blocked due to rate limiting.', links: [] } }, get, { kind: 'rate-limited', reason: 'RATE_LIMIT_REACHED' }],
    ['429 in another status', { status: 403, body: { name: 'RATE_LIMIT_REACHED', message: 'x', informationLink: 'y' } }, get, { kind: 'rate-limited' }],
    ['500 on a read', resourceError(500, 'INTERNAL_SERVER_ERROR'), get, { kind: 'transient' }],
    ['500 on a write', resourceError(500, 'INTERNAL_SERVER_ERROR'), create, { kind: 'outcome-unknown' }],
    ['503 that names a wait', { status: 503, headers: { 'Retry-After': '5' }, body: '' }, create, { kind: 'rate-limited', retryAfterMs: 5_000 }],
    ['404 of something in between', { status: 404, body: '<html>' }, get, { kind: 'transient' }],
    ['not JSON', { body: '<html>' }, get, { kind: 'transient' }],
    ['not JSON after a write', { body: '<html>' }, create, { kind: 'outcome-unknown' }],
    ['cut', 'cut', get, { kind: 'transient', reason: 'cut' }],
    ['cut write', 'cut', create, { kind: 'outcome-unknown', reason: 'cut' }],
    ['redirect', { status: 302, headers: { Location: '/' } }, get, { kind: 'transient', reason: 'redirect' }],
    ['wrong amount', { body: { ...CAPTURE, amount: { currency_code: 'USD', value: '1e3' } } }, get, { kind: 'rejected', reason: 'schema_mismatch', field: 'amount' }],
    ['decimals where PayPal has none', { body: { ...CAPTURE, amount: { currency_code: 'HUF', value: '10.50' } } }, get, { kind: 'rejected', field: 'amount' }],
    ['no time', { body: { ...CAPTURE, create_time: '2015-09-28 PDT' } }, get, { kind: 'rejected', field: 'create_time' }],
    ['a write’s odd answer', { body: { url: 'x' } }, create, { kind: 'outcome-unknown', field: 'id' }],
  ]; // prettier-ignore

  test.each(table)('%s', async (_name, answer, call, expected) => {
    provider.script(token(), answer);
    expect(await failureOf(call())).toMatchObject({ provider: 'paypal', ...expected });
    expect(provider.requests).toHaveLength(2);
  });

  test('no answer in time', async () => {
    provider.script(token(), 'hang');
    expect(await failureOf(get(hasty))).toMatchObject({ kind: 'transient', reason: 'timeout' });
    provider.script(token(), 'hang');
    expect(await failureOf(create(hasty))).toMatchObject({ kind: 'outcome-unknown', reason: 'timeout' });
  });

  test('tells PayPal’s debug id and what to do, and no token', async () => {
    provider.script(token('A21AA-secret'), {
      status: 403,
      headers: { 'paypal-debug-id': 'f00' },
      body: { error: 'insufficient_scope', error_description: 'A21AA-secret' },
    });
    const failure = await failureOf(get());
    expect(failure.message).toContain('switch it on');
    expect(failure.message).toContain('f00');
    expect(failure.response).not.toContain('A21AA-secret');
    expect(failure.request).toBe(`GET /v2/payments/captures/${CAPTURE.id}`);
  });

  test('sends nothing while the own limit says wait', async () => {
    provider.script();
    takeWaitMs = 700;
    expect(await failureOf(get())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 700 });
    expect(provider.requests).toHaveLength(0);
  });
});

describe('verification by PayPal', () => {
  const body = '{"webhook_id":"1","webhook_event":{"a":{}, "b":1.0}}';

  test.each([
    ['SUCCESS', true],
    ['FAILURE', false],
  ])('%s', async (status, verdict) => {
    provider.script(token(), { body: { verification_status: status } });
    expect(await askPaypal(access(), body)).toBe(verdict);
    expect(provider.requests[1]).toMatchObject({
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      body,
    });
  });

  test('no verdict is a failure, and asking can be repeated', async () => {
    provider.script(token(), { status: 500, body: '' });
    expect(await failureOf(askPaypal(access(), body))).toMatchObject({ kind: 'transient' });
  });
});

describe('paypalPing', () => {
  test('says which app and what it can do', async () => {
    provider.script(
      token(),
      { body: { webhooks: [{ id: 'W1', url: 'https://x.test/', event_types: [] }] } },
      { body: { account_id: 'RD465XN5VS364' } },
    );
    expect(await paypalPing(access())).toMatchObject({
      ok: true,
      detail: 'app APP-80W284485P519543T, 1 webhook',
    });
  });

  test('warns when Transaction Search is off', async () => {
    provider.script({ body: { access_token: 'x', expires_in: 9, scope: 'openid' } }, { body: {} });
    const result = await paypalPing(access());
    expect(result.ok).toBe(true);
    expect(result.detail).toContain('Transaction Search is off');
  });

  test('says what is wrong', async () => {
    provider.script({ status: 401, body: { error: 'invalid_client', error_description: 'no' } });
    const result = await paypalPing(access());
    expect(result.ok).toBe(false);
    expect(result.detail).toContain('invalid_client');
  });
});

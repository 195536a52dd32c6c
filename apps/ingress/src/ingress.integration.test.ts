import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { adoptOffers } from '@mlc/platform/db/adopt-offers';
import { expectHandshake, forgetCallback, trustCallback, verifierName } from '@mlc/platform/db/callbacks';
import { completeHandshakes } from '@mlc/platform/db/complete-handshakes';
import { type Database, openDatabase } from '@mlc/platform/db/database';
import { openVault } from '@mlc/platform/vault/vault';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { Registry } from 'prom-client';
import { listenIngress, type RunningIngress } from './start-ingress.ts';

const quiet = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
const GC_SECRET = 'ED7D658C-D8EB-4941-948B-3973214F2D49';
const VERIFIER = 'scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd';
const FORM = 'application/x-www-form-urlencoded';
const GC_PATH = '/webhooks/gocardless/gc1';
const FB_PATH = '/webhooks/freshbooks/fb1/invoice.create';

let testDatabase: TestDatabase;
let database: Database;
let ingress: RunningIngress;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  await createConnections();
  ingress = await listenIngress(
    { log: quiet, database, vault, metrics: new Registry() },
    { host: '127.0.0.1', port: 0 },
  );
});

beforeEach(async () => {
  await database.pool.query('TRUNCATE inbound_events, webhook_receipts');
  await setSecrets([GC_SECRET]);
});

afterAll(async () => {
  await ingress.close();
  await database.close();
  await testDatabase.drop();
});

async function createConnections(): Promise<void> {
  await database.prisma.business.create({
    data: { id: 'b1', slug: 'acme', displayName: 'Acme', timezone: 'Europe/London', policy: {} },
  });
  for (const [id, provider] of [
    ['gc1', 'gocardless'],
    ['fb1', 'freshbooks'],
    ['pp1', 'paypal'],
  ] as const)
    await database.prisma.connection.create({
      data: { id, businessId: 'b1', provider, environment: 'sandbox', settings: {} },
    });
  await trustCallback(stores(), { connectionId: 'fb1', callbackId: '1', event: 'invoice.create' }, VERIFIER);
}

function stores() {
  return { database, vault };
}

async function setSecrets(secrets: readonly string[]): Promise<void> {
  await vault.putSecret(database.prisma, 'gc1', 'webhook-secrets', JSON.stringify(secrets));
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Raw bytes in, so that header bytes beyond ASCII can be sent too. */
async function post(path: string, body: Buffer | string, headers: Record<string, string>): Promise<Answered> {
  const response = await fetch(`http://127.0.0.1:${ingress.port}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

function hex(body: Buffer | string, secret = GC_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function postGocardless(body: string, signature = hex(body), path = GC_PATH): Promise<Answered> {
  return post(path, body, { 'content-type': 'application/json', 'webhook-signature': signature });
}

function postFreshbooks(body: string, signature: string, path = FB_PATH): Promise<Answered> {
  return post(path, body, { 'content-type': FORM, 'x-freshbooks-hmac-sha256': signature });
}

function event(id: string, changes: Record<string, unknown> = {}) {
  return {
    id,
    created_at: '2026-11-02T09:00:00.000Z',
    resource_type: 'payments',
    action: 'confirmed',
    links: { payment: 'PM1' },
    ...changes,
  };
}

function events(...list: unknown[]): string {
  return JSON.stringify({ events: list, meta: { webhook_id: 'WB1' } });
}

async function rows(): Promise<Record<string, string | null>[]> {
  const { rows: found } = await database.pool.query<Record<string, string | null>>(
    'SELECT * FROM inbound_events ORDER BY id',
  );
  return found;
}

/** All of them, 20 at a time. */
async function aFewAtOnce<T>(calls: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const iterator = calls.values();
  const work = async (): Promise<void> => {
    for (const call of iterator) results.push(await call());
  };
  await Promise.all(Array.from({ length: 20 }, work));
  return results;
}

/** freshbooks.md 5.4, for simple values. */
function pythonSigned(body: string, key: string): string {
  const fields = [...new URLSearchParams(body)].map(([name, value]) => `"${name}": "${value}"`);
  return createHmac('sha256', key)
    .update(`{${fields.join(', ')}}`)
    .digest('base64');
}

describe('an authentic delivery', () => {
  test('is committed before it is answered, each event with its flow', async () => {
    const body = events(
      event('EV1'),
      event('EV2', { resource_type: 'mandates', action: 'active', links: { mandate: 'MD1' } }),
      event('EV3', { resource_type: 'subscriptions', action: 'created', links: { subscription: 'SB1' } }),
    );
    const answer = await postGocardless(body);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 3, duplicates: 0 } });
    expect(await rows()).toMatchObject([
      { external_event_id: 'EV1', type: 'payments.confirmed', resource_id: 'PM1', state: 'stored' },
      { external_event_id: 'EV2', flow: 'invoice-to-mandate', business_id: 'b1' },
      { external_event_id: 'EV3', flow: null, provider: 'gocardless' },
    ]);
    const [first, second] = await rows();
    expect(first?.['flow']).toBe('payment-to-freshbooks');
    expect(first?.['correlation_id']).toBe(second?.['correlation_id']);
  });

  test('repeats are counted as duplicates', async () => {
    await postGocardless(events(event('EV1')));
    const answer = await postGocardless(events(event('EV1'), event('EV2'), event('EV2')));
    expect(answer.body).toEqual({ accepted: 1, duplicates: 2 });
  });

  test('a dashboard test without events is fine', async () => {
    expect(await postGocardless(events())).toMatchObject({
      status: 200,
      body: { accepted: 0, duplicates: 0 },
    });
  });

  test('a batch of 250 with one unreadable event loses only that one, and keeps it', async () => {
    const list: unknown[] = Array.from({ length: 250 }, (_, index) => event(`EV${index}`));
    list[100] = { id: 17, resource_type: null };
    const answer = await postGocardless(events(...list));
    expect(answer).toMatchObject({ status: 200, body: { accepted: 250, duplicates: 0 } });
    const stored = await rows();
    expect(stored).toHaveLength(250);
    const unreadable = stored.filter((row) => row['type'] === 'unreadable');
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.['flow']).toBe('payment-to-freshbooks');
  });

  test('sees one FreshBooks delivery as one new event, even when the bytes are the same', async () => {
    const body = 'name=invoice.create&object_id=7&account_id=6BApk';
    const signature = pythonSigned(body, VERIFIER);
    for (let round = 0; round < 2; round += 1)
      expect(await postFreshbooks(body, signature)).toMatchObject({
        status: 200,
        body: { accepted: 1, duplicates: 0 },
      });
    expect(await rows()).toMatchObject([
      { resource_id: '7', flow: 'invoice-to-mandate', payload: body },
      { resource_id: '7' },
    ]);
  });

  test('NUL and lone surrogates in an event poison nobody', async () => {
    const body = events(event('EV1'), event('EV\u0000'), event('EV2', { details: '\u0000 \ud800' }));
    expect(await postGocardless(body)).toMatchObject({ status: 200, body: { accepted: 3, duplicates: 0 } });
    expect((await rows()).map((row) => row['type'])).toEqual([
      'payments.confirmed',
      'unreadable',
      'payments.confirmed',
    ]);
  });

  test.each([
    ['not JSON', 'hello'],
    ['not the shape', '[]'],
    ['not UTF-8', Buffer.from('{"events":[],"x":"\xff"}', 'latin1')],
    ['nothing', ''],
  ])('unreadable (%s): 400, and kept for a person', async (_name, body) => {
    const headers = { 'content-type': 'application/json', 'webhook-signature': hex(body) };
    for (let round = 0; round < 2; round += 1)
      expect(await post(GC_PATH, body, headers)).toMatchObject({
        status: 400,
        body: { error: 'unreadable_body' },
      });
    const stored = await rows();
    expect(stored).toHaveLength(1);
    expect(stored[0]).toMatchObject({ type: 'unreadable', flow: 'payment-to-freshbooks' });
    expect(stored[0]?.['external_event_id']).toMatch(/^body-sha256:[0-9a-f]{64}$/);
    expect(Buffer.from(stored[0]?.['payload'] ?? '', 'base64')).toEqual(Buffer.from(body));
  });
});

const GC_VECTORS = [
  [
    'V1',
    GC_SECRET,
    '2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e',
    '{"events":[{"id":"EV00BD05S5VM2T","created_at":"2018-07-05T09:13:51.404Z","resource_type":"subscriptions","action":"created","links":{"subscription":"SB0003JJQ2MR06"},"details":{"origin":"api","cause":"subscription_created","description":"Subscription created via the API."},"metadata":{}},{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","resource_type":"mandates","action":"created","links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","cause":"mandate_created","description":"Mandate created via the API."},"metadata":{}}]}',
  ],
  [
    'V2',
    'testing',
    '243f3efa57743c24eec7c5e10edc475b547830d256d5b583745afe319dd90936',
    '{"events":[{"id":"EVTESTNE86TNZS","created_at":"2017-03-20T17:57:02.292Z","resource_type":"payments","action":"failed","links":{"payment":"index_ID_123"},"details":{"origin":"bank","cause":"test_failure","scheme":"sepa_core","reason_code":"TEST","description":"GoCardless has marked this payment as failed in sandbox to enable testing of payment failure webhooks."},"metadata":{}}]}\n',
  ],
  [
    'V3',
    GC_SECRET,
    'd64d57e1662cd51425bd14f7d0c7dd2e489fddb1a00b80ccf37ab0f7eaed1837',
    '{"events":[],"meta":{"webhook_id":"WB123"}}',
  ],
] as const;

/** freshbooks.md 5.5 without the handshake, which has tests of its own. */
const FB_VECTORS = [
  [
    'name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    '/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc=',
  ],
  [
    'name=client.update&object_id=921895&user_id=1&identity_id=14051539&business_id=14393743&account_id=p7rQW5',
    'iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0=',
  ],
  [
    'name=payment.create&object_id=235435&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    'xukU1zK+q+HNFSwXQQCkE3cFkntW+TD5lnqNfgfndDY=',
  ],
  [
    'name=invoice.update&object_id=7&note=a%3Ab%2C+c%2Fd+%22q%22+%5C+%C3%A9+%E2%82%AC%F0%9F%98%80+%3C%26%3E',
    'zVAdCsIwbdCC8rh6A1Z/GEATanRDsQKWQ3rjqEN6ADc=',
  ],
] as const;

describe('signature vectors', () => {
  test.each(GC_VECTORS)('GoCardless %s is accepted', async (_name, secret, signature, body) => {
    await setSecrets([secret]);
    expect((await postGocardless(body, signature)).status).toBe(200);
  });

  test.each(FB_VECTORS)('FreshBooks %s is accepted', async (body, signature) => {
    expect((await postFreshbooks(body, signature)).status).toBe(200);
  });

  test('FreshBooks vector 6, signed but without an object, is kept and answered 400', async () => {
    const body = 'name=x&c=%7F%0A%09%08%0C%0D%01';
    const answer = await postFreshbooks(body, 'xsoifE8kcD2rfDXMDTnP+/HeD/O3Ch/6Xgy43Rnpe8o=');
    expect(answer).toMatchObject({ status: 400, body: { error: 'unreadable_body' } });
    expect(await rows()).toMatchObject([{ type: 'unreadable', flow: 'invoice-to-mandate' }]);
  });

  test('every change of one byte of body or signature is refused', async () => {
    await setSecrets([GC_SECRET, 'testing']);
    const json = { 'content-type': 'application/json' };
    const refusals = [
      ...GC_VECTORS.flatMap(([, , signature, body]) =>
        changes(body, signature).map(
          ([changedBody, changedSignature]) =>
            () =>
              post(GC_PATH, changedBody, { ...json, 'webhook-signature': changedSignature }),
        ),
      ),
      ...FB_VECTORS.flatMap(([body, signature]) =>
        changes(body, signature).map(
          ([changedBody, changedSignature]) =>
            () =>
              post(FB_PATH, changedBody, {
                'content-type': FORM,
                'x-freshbooks-hmac-sha256': changedSignature,
              }),
        ),
      ),
    ];
    const answers = await aFewAtOnce(refusals);
    expect(answers.filter((answer) => answer.status !== 401)).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body)))).toEqual(
      new Set(['{"error":"invalid_signature"}']),
    );
    expect(await rows()).toEqual([]);
  }, 60_000);

  /** Two changes per byte: the lowest bit, and the one that turns a letter's case. */
  function changes(body: string, signature: string): [Buffer, string][] {
    const flip = (text: string, at: number, mask: number): Buffer => {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ mask;
      return bytes;
    };
    const each = (text: string): [number, number][] =>
      Array.from(Buffer.from(text), (_byte, at): [number, number][] => [
        [at, 1],
        [at, 0x20],
      ]).flat();
    // A control character cannot stand in a header; fetch would refuse to send it.
    const sendable = ([at, mask]: [number, number]) => /^[!-~]+$/.test(flip(signature, at, mask).toString());
    return [
      ...each(body).map(([at, mask]): [Buffer, string] => [flip(body, at, mask), signature]),
      ...each(signature)
        .filter(sendable)
        .map(([at, mask]): [Buffer, string] => [Buffer.from(body), flip(signature, at, mask).toString()]),
    ];
  }
});

describe('secrets', () => {
  const body = events(event('EV1'));

  test('a new one is valid at once, an old one until it is taken away, without a restart', async () => {
    expect((await postGocardless(body)).status).toBe(200);
    expect((await postGocardless(body, hex(body, 'new'))).status).toBe(401);
    await setSecrets([GC_SECRET, 'new']);
    expect((await postGocardless(body, hex(body, 'new'))).status).toBe(200);
    expect((await postGocardless(body, hex(body))).status).toBe(200);
  });

  test('one more callback of the same event has its own verifier, and a bare noun signs all its verbs', async () => {
    const form = 'name=invoice.create&object_id=7';
    await trustCallback(
      stores(),
      { connectionId: 'fb1', callbackId: '8', event: 'invoice.create' },
      'second',
    );
    await trustCallback(stores(), { connectionId: 'fb1', callbackId: '9', event: 'client' }, 'noun');
    expect((await postFreshbooks(form, pythonSigned(form, 'second'))).status).toBe(200);
    expect((await postFreshbooks(form, pythonSigned(form, 'noun'))).status).toBe(401);
    const clientPath = '/webhooks/freshbooks/fb1/client.update';
    expect((await postFreshbooks(form, pythonSigned(form, 'noun'), clientPath)).status).toBe(200);
    expect((await postFreshbooks(form, pythonSigned(form, VERIFIER), clientPath)).status).toBe(401);
  });

  test('a connection without a secret refuses everything', async () => {
    await setSecrets([]);
    await database.prisma.connection.create({
      data: { id: 'gc2', businessId: 'b2', provider: 'gocardless', environment: 'sandbox', settings: {} },
    });
    for (const signature of [hex(body, ''), hex(body), ''])
      expect((await postGocardless(body, signature, '/webhooks/gocardless/gc2')).status).toBe(401);
  });

  test('refusals are counted into one note', async () => {
    await Promise.all(Array.from({ length: 20 }, () => postGocardless(body, 'f'.repeat(64))));
    const { rows: notes } = await database.pool.query<{ kind: string; details: Record<string, unknown> }>(
      `SELECT kind, details FROM webhook_receipts WHERE kind = 'refused' AND connection_id = 'gc1'`,
    );
    expect(notes.length).toBeLessThanOrEqual(1);
    expect(await rows()).toEqual([]);
  });
});

describe('FreshBooks handshake', () => {
  const handshake = (callbackId: string, verifier: string) =>
    `name=callback.verify&object_id=${callbackId}&account_id=6BApk&user_id=1&verifier=${verifier}`;
  const shake = (callbackId: string, verifier: string, key = verifier) =>
    postFreshbooks(handshake(callbackId, verifier), pythonSigned(handshake(callbackId, verifier), key));
  const verifierOf = (callbackId: string) =>
    vault.getSecret(database.prisma, 'fb1', verifierName(callbackId));
  const ref = (callbackId: string) => ({ connectionId: 'fb1', callbackId, event: 'invoice.create' });
  const complete = (verify: (id: string, callbackId: string, verifier: string) => Promise<void>) =>
    completeHandshakes({ ...stores(), verify, log: quiet });

  test('is answered, completed in the background, and only then its verifier is a key', async () => {
    await expectHandshake(stores(), ref('2001'));
    expect(await shake('2001', VERIFIER.toLowerCase())).toMatchObject({
      status: 200,
      body: { accepted: 0, duplicates: 0 },
    });
    const form = 'name=invoice.create&object_id=7';
    const signature = pythonSigned(form, VERIFIER.toLowerCase());
    expect((await postFreshbooks(form, signature)).status).toBe(401);
    const sent: string[][] = [];
    const verified = await complete((...call) => {
      sent.push(call);
      return Promise.resolve();
    });
    expect(sent).toEqual([['fb1', '2001', VERIFIER.toLowerCase()]]);
    expect(verified).toEqual([ref('2001')]);
    expect((await postFreshbooks(form, signature)).status).toBe(200);
    expect(await complete(() => Promise.reject(new Error('nothing to do')))).toEqual([]);
  });

  test('the vector of the provider notes passes, each change of it does not', async () => {
    const body = handshake('2001', VERIFIER).replace(
      '&account_id=6BApk&user_id=1',
      '&account_id=6BApk&user_id=1',
    );
    const signature = 'n0z402wuQRTOtgf+Dd1EbflqlbPN1QErJT5CthsdMdY=';
    expect((await postFreshbooks(body, signature)).status).toBe(200);
    const changed = Array.from({ length: body.length }, (_, at) => {
      const bytes = Buffer.from(body);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return () => post(FB_PATH, bytes, { 'content-type': FORM, 'x-freshbooks-hmac-sha256': signature });
    });
    expect((await aFewAtOnce(changed)).filter((answer) => answer.status !== 401)).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('one that came before its callback was recorded counts once it is', async () => {
    expect((await shake('2002', 'early')).status).toBe(200);
    expect(await complete(() => Promise.resolve())).toEqual([]);
    expect(await expectHandshake(stores(), ref('2002'))).toBe('pending');
    expect(await complete(() => Promise.resolve())).toEqual([ref('2002')]);
  });

  test('of a callback made by hand at FreshBooks counts when FreshBooks lists it at our address', async () => {
    const publicUrl = 'https://hooks.acme.test';
    const uri = `${publicUrl}${FB_PATH}`;
    const listed = [
      { id: '2010', uri, verified: false },
      { id: '2011', uri, verified: true },
      { id: '2012', uri: 'https://other.test/hook', verified: false },
    ];
    const listCallbacks = () => Promise.resolve(listed);
    for (const id of ['2010', '2011', '2012', '2013']) await shake(id, `by-hand-${id}`);
    await adoptOffers({ ...stores(), listCallbacks, publicUrl, log: quiet });
    expect(await complete(() => Promise.resolve())).toEqual([ref('2010')]);
    expect(await database.prisma.callback.count({ where: { state: 'offered' } })).toBe(3);
    await database.prisma.callback.deleteMany({ where: { state: 'offered' } });
  });

  test('never replaces the verifier of a verified callback', async () => {
    expect((await shake('1', 'forged')).status).toBe(200);
    expect(await verifierOf('1')).toBe(VERIFIER);
    expect(await expectHandshake(stores(), ref('1'))).toBe('verified');
  });

  test('a verifier that FreshBooks rejects makes room for a resent one', async () => {
    const { ConnectorError } = await import('@mlc/core');
    await expectHandshake(stores(), ref('2003'));
    await shake('2003', 'forged');
    const reject = () =>
      Promise.reject(
        new ConnectorError({ kind: 'rejected', provider: 'freshbooks', operation: 'verify', message: 'no' }),
      );
    expect(await complete(reject)).toEqual([]);
    expect(await verifierOf('2003')).toBeNull();
    await shake('2003', 'resent');
    expect(await complete(() => Promise.resolve())).toEqual([ref('2003')]);
  });

  test('is refused when its own verifier did not sign it', async () => {
    expect((await shake('2004', 'one', 'other')).status).toBe(401);
    expect(await verifierOf('2004')).toBeNull();
  });

  test('strangers cannot fill the vault', async () => {
    for (let id = 3000; id < 3030; id += 1) await shake(String(id), 'stranger');
    expect(await database.prisma.callback.count({ where: { state: 'offered' } })).toBeLessThanOrEqual(20);
    await database.prisma.callback.deleteMany({ where: { state: 'offered' } });
  });

  test('a callback that is gone at FreshBooks is forgotten with its verifier', async () => {
    await trustCallback(stores(), ref('4000'), 'gone');
    await forgetCallback(stores(), ref('4000'));
    expect(await verifierOf('4000')).toBeNull();
  });
});

describe('what is refused before anything is read', () => {
  test.each([
    ['/webhooks/gocardless/unknown'],
    ['/webhooks/gocardless/fb1'],
    ['/webhooks/gocardless/gc1/extra'],
    ['/webhooks/gocardless/..%2fgc1'],
    ['/webhooks/paypal/gc1'],
    ['/webhooks/stripe/gc1'],
    ['/webhooks'],
  ])('404: %s', async (path) => {
    expect((await postGocardless(events(), hex(events()), path)).status).toBe(404);
  });

  test('404 for other methods', async () => {
    expect((await fetch(`http://127.0.0.1:${ingress.port}${GC_PATH}`)).status).toBe(404);
  });

  test('400 for a path that cannot be decoded', async () => {
    expect((await postGocardless(events(), '', '/webhooks/gocardless/%zz')).status).toBe(400);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    '415: %s',
    async (type) => {
      const answer = await post(GC_PATH, '{}', { 'content-type': type, 'webhook-signature': hex('{}') });
      expect(answer.status).toBe(415);
    },
  );

  test('415: compressed', async () => {
    const answer = await post(GC_PATH, '{}', {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'webhook-signature': hex('{}'),
    });
    expect(answer.status).toBe(415);
  });

  test('a media type with parameters in any case is fine', async () => {
    const answer = await post(GC_PATH, events(), {
      'content-type': 'Application/JSON; charset=utf-8',
      'webhook-signature': hex(events()),
    });
    expect(answer.status).toBe(200);
  });

  test('413 over 1 MiB, announced or not; exactly 1 MiB is read', async () => {
    const limit = events(event('EV1', { details: '' }));
    const full = limit.replace('"details":""', `"details":"${'x'.repeat(1024 * 1024 - limit.length)}"`);
    expect((await postGocardless(full)).status).toBe(200);
    expect((await postGocardless(`${full} `)).status).toBe(413);
    expect(await postChunked(Buffer.alloc(2 * 1024 * 1024, 'x'))).toBe(413);
    expect(await rows()).toHaveLength(1);
  });

  function postChunked(body: Buffer): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const request = httpRequest(
        { port: ingress.port, host: '127.0.0.1', method: 'POST', path: GC_PATH, headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }
});

describe('awkward senders', () => {
  const head = (body: string) =>
    [
      `POST ${GC_PATH} HTTP/1.1`,
      'Host: x',
      'Content-Type: application/json',
      `Webhook-Signature: ${hex(body)}`,
      `Content-Length: ${body.length}`,
      '',
      '',
    ].join('\r\n');

  test('a body byte by byte is read to its end', async () => {
    const body = events(event('SLOW'));
    const socket = connect(ingress.port, '127.0.0.1').setNoDelay(true);
    socket.write(head(body));
    for (const byte of body) await new Promise((resolve) => socket.write(byte, resolve));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toContain('{"accepted":1,"duplicates":0}');
    socket.destroy();
  });

  test('a sender that goes away in the middle leaves nothing and harms nobody', async () => {
    const body = events(event('CUT'));
    const socket = connect(ingress.port, '127.0.0.1');
    socket.write(head(body) + body.slice(0, 20));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await postGocardless(events(event('NEXT')))).status).toBe(200);
    expect((await rows()).map((row) => row['external_event_id'])).toEqual(['NEXT']);
  });
});

describe('the rest', () => {
  test('every answer is JSON with security headers', async () => {
    const answers = [
      await postGocardless(events()),
      await postGocardless(events(), 'x'),
      await postGocardless('', '', '/nowhere'),
    ];
    for (const { headers } of answers) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('health and metrics', async () => {
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${ingress.port}${path}`);
      return [response.status, await response.text()] as const;
    };
    await postGocardless(events(event('M1')));
    expect(await get('/livez')).toEqual([200, '{"live":true}']);
    expect(await get('/readyz')).toEqual([200, '{"ready":true}']);
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/mlc_webhook_answers_total\{provider="gocardless",status="200"\} \d+/);
    expect(text).toMatch(/mlc_webhook_events_total\{provider="gocardless",outcome="accepted"\} \d+/);
  });
});

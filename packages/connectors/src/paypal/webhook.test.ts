import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Delivery,
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  type Verification,
} from '@mlc/core';
import { paypalHeaders, type TestCertificate, testCertificate, withCrcOf } from '@mlc/testkit/signing-chain';
import { fc } from '@mlc/testkit/property';
import { paypalWebhook } from './webhook.ts';
import type { PaypalWebhookOptions } from './webhook-verification.ts';

const NAME = 'messageverificationcerts.sandbox.paypal.com';
const PREFIX = 'https://api.sandbox.paypal.com/v1/notifications/certs/';
const CERT_URL = `${PREFIX}CERT-360caa42-fca2a594-0badcafe`;
const ISSUER_URL = 'http://cacerts.digicert.com/TestIntermediate.crt';
const WEBHOOK_ID = '8PT597110X687430L';
const TIME = '2026-11-22T10:00:00Z';
const BODY = JSON.stringify({
  id: 'WH-58D329510W468432D-8HN650336L201105X',
  create_time: '2019-02-14T21:50:07.940Z',
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  resource: { id: '12A34567BC123456S', amount: { currency_code: 'USD', value: '30.00' }, note: 'x{}[]1.0' },
});

type Answer = Partial<HttpResponse> | HttpFailure;

let root: TestCertificate;
let intermediate: TestCertificate;
let leaf: TestCertificate;
let now = new Date('2026-11-22T10:00:05Z');
/** What is where. */
let web: Record<string, Answer> = {};
let asked: HttpRequest[] = [];

beforeAll(async () => {
  root = await testCertificate({ name: 'root', isIssuer: true, bits: 0 });
  intermediate = await testCertificate({ name: 'intermediate', isIssuer: true, by: root, bits: 0 });
  leaf = await testCertificate({ name: NAME, by: intermediate, issuerUrl: ISSUER_URL });
});

beforeEach(() => {
  now = new Date('2026-11-22T10:00:05Z');
  asked = [];
  web = {
    [CERT_URL]: { body: leaf.pem.replaceAll('\n', '\r\n') },
    [ISSUER_URL]: { body: intermediate.der.toString('latin1') },
  };
});

const http = {
  send: (request: HttpRequest): Promise<HttpResponse> => {
    asked.push(request);
    const answer = web[request.url] ?? { status: 404 };
    if (answer instanceof HttpFailure) return Promise.reject(answer);
    return Promise.resolve({ status: 200, headers: {}, body: '', ...answer });
  },
};

function reader(options: Partial<PaypalWebhookOptions> = {}) {
  return paypalWebhook({
    http,
    clock: { now: () => now },
    certUrlPrefix: null,
    certName: null,
    certCaPem: null,
    trustedRoots: [root.pem],
    ...options,
  });
}

interface Wish {
  readonly body?: string | Uint8Array;
  readonly certUrl?: string;
  readonly time?: string;
  readonly id?: string;
  readonly webhookId?: string;
  readonly by?: TestCertificate;
}

function delivery(wish: Wish = {}, changes: Record<string, string | undefined> = {}): Delivery {
  const { body = BODY, certUrl = CERT_URL, time = TIME, webhookId = WEBHOOK_ID, by = leaf, id } = wish;
  const headers = paypalHeaders({
    body,
    certUrl,
    time,
    webhookId,
    key: by.privateKey,
    ...(id === undefined ? {} : { id }),
  });
  return {
    rawBody: Buffer.from(body),
    headers: { ...headers, ...changes },
    pathEvent: '',
    environment: 'sandbox',
  };
}

function verified(
  given: Delivery = delivery(),
  options: Partial<PaypalWebhookOptions> = {},
  secrets: readonly string[] = [WEBHOOK_ID],
): Promise<Verification> {
  return Promise.resolve(reader(options).verify(given, secrets));
}

const OK = { ok: true };
const refused = (why: RegExp) => ({ ok: false, why: expect.stringMatching(why) as unknown });

describe('a genuine delivery', () => {
  test('is accepted; certificate and issuer are fetched once', async () => {
    const one = reader();
    for (let round = 0; round < 3; round += 1) expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(OK);
    expect(asked.map(({ url }) => url)).toEqual([CERT_URL, ISSUER_URL]);
    expect(asked[0]).toMatchObject({ method: 'GET', maxBodyBytes: 16_384 });
    expect(asked[0]?.headers).not.toHaveProperty('Authorization');
    expect(asked[1]).toMatchObject({ binary: true, maxBodyBytes: 16_384 });
  });

  test('several deliveries at once fetch once', async () => {
    const one = reader();
    const verdicts = await Promise.all([1, 2, 3, 4].map(async () => one.verify(delivery(), [WEBHOOK_ID])));
    expect(verdicts).toEqual([OK, OK, OK, OK]);
    expect(asked).toHaveLength(2);
  });

  test('the certificate is fetched again after a day', async () => {
    const one = reader();
    await one.verify(delivery(), [WEBHOOK_ID]);
    now = new Date(now.getTime() + 24 * 3_600_000);
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(OK);
    expect(asked).toHaveLength(4);
  });

  test('any of several webhook ids may be meant', async () => {
    expect(await verified(delivery(), {}, ['1JE4291016473214C', WEBHOOK_ID])).toEqual(OK);
    expect(await verified(delivery(), {}, ['1JE4291016473214C'])).toEqual(refused(/none of the webhook ids/));
  });

  test('an issuer as PEM is read too', async () => {
    web[ISSUER_URL] = { body: intermediate.pem };
    expect(await verified()).toEqual(OK);
  });

  test('two issuers between it and the root', async () => {
    const lower = await testCertificate({
      name: 'lower',
      isIssuer: true,
      by: intermediate,
      bits: 0,
      issuerUrl: ISSUER_URL,
    });
    const lowerUrl = 'http://cacerts.digicert.com/Lower.crt';
    const key = leaf.privateKey;
    const other = await testCertificate({ name: NAME, by: lower, issuerUrl: lowerUrl, key });
    web = { ...web, [CERT_URL]: { body: other.pem }, [lowerUrl]: { body: lower.der.toString('latin1') } };
    expect(await verified(delivery({ by: other }))).toEqual(OK);
  });

  test('a retry days later, and a slow clock', async () => {
    now = new Date('2026-11-25T10:00:00Z');
    expect(await verified()).toEqual(OK);
    now = new Date('2026-11-21T11:00:00Z');
    expect(await verified()).toEqual(OK);
  });

  test('a live connection is verified by the live name and place', async () => {
    const name = 'messageverificationcerts.paypal.com';
    const url = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1a5f47cb';
    const key = leaf.privateKey;
    const live = await testCertificate({ name, by: intermediate, issuerUrl: ISSUER_URL, key });
    web[url] = { body: live.pem };
    const given = delivery({ by: live, certUrl: url });
    expect(await verified({ ...given, environment: 'live' })).toEqual(OK);
    expect(await verified(given)).toEqual(refused(/not a certificate under/));
    expect(await verified({ ...delivery(), environment: 'live' })).toEqual(
      refused(/not a certificate under/),
    );
  });
});

describe('without a webhook id everything is refused, and nothing fetched', () => {
  test.each([[[]], [['']], [['WEBHOOK_ID']], [['webhook_id']], [['WH-58D-8HN|x']]])('%j', async (secrets) => {
    const webhookId = secrets[0] ?? '';
    const given = delivery({ webhookId });
    expect(await verified(given, {}, secrets)).toEqual(refused(/no webhook id/));
    expect(asked).toEqual([]);
  });
});

const HEADERS = [
  'paypal-transmission-id',
  'paypal-transmission-time',
  'paypal-transmission-sig',
  'paypal-cert-url',
  'paypal-auth-algo',
];

describe('headers', () => {
  afterEach(() => expect(asked).toEqual([]));

  test.each(HEADERS)('%s has to be there', async (name) => {
    for (const value of [undefined, ''])
      expect(await verified(delivery({}, { [name]: value }))).toEqual(
        refused(new RegExp(`${name} is missing`)),
      );
  });

  test.each(HEADERS)('%s twice', async (name) => {
    const value = delivery().headers[name] ?? '';
    expect(await verified(delivery({}, { [name]: `${value}, ${value}` }))).toEqual(refused(new RegExp(name)));
  });

  test.each(HEADERS)('%s too long', async (name) => {
    const value = (delivery().headers[name] ?? '') + 'A'.repeat(2_000);
    expect(await verified(delivery({}, { [name]: value }))).toEqual(refused(new RegExp(name)));
  });

  test.each([
    ['paypal-transmission-id', '1c6772d0|2026-11-22T10:00:00Z'],
    ['paypal-transmission-time', '2026-11-22T10:00:00+00:00'],
    ['paypal-transmission-time', '2026-13-22T10:00:00Z'],
    ['paypal-transmission-time', '2026-11-22 10:00:00'],
    ['paypal-transmission-time', '1795341600'],
    ['paypal-transmission-sig', '%%%'],
    ['paypal-auth-algo', 'SHA1withRSA'],
    ['paypal-auth-algo', 'sha256withrsa'],
    ['paypal-auth-algo', 'none'],
  ])('%s: %s', async (name, value) => {
    expect(await verified(delivery({}, { [name]: value }))).toEqual(refused(new RegExp(name)));
  });

  test.each([
    ['2026-11-18T09:59:59Z', /older than 4 days/],
    ['2026-11-23T10:00:06Z', /ahead/],
    ['2019-02-14T21:50:07Z', /older than 4 days/],
  ])('a transmission of %s', async (time, why) => {
    expect(await verified(delivery({ time }))).toEqual(refused(why));
  });
});

describe('a certificate from anywhere else is never asked for', () => {
  const elsewhere = [
    'https://evil.example/v1/notifications/certs/CERT-360caa42-fca2a594-0badcafe',
    'http://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-0badcafe',
    'https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1',
    'https://user:pass@api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://evil.example/?https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/../../evil',
    'https://api.sandbox.paypal.com/v1/notifications/certs/%2e%2e/evil',
    'https://api.sandbox.paypal.com/v1/notifications/certs/a/b',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1?x=1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1#x',
    'https://api.sandbox.paypal.com/v1/notifications/certs/',
    'https://api.sandbox.paypal.com/v1/notifications/certs',
    'https://api.sandbox.paypal.com\\.evil.example/v1/notifications/certs/CERT-1',
    'https://API.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'https://[::1]/v1/notifications/certs/CERT-1',
    'file:///etc/passwd',
    '//api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'CERT-1',
  ];
  test.each(elsewhere)('%s', async (certUrl) => {
    web[certUrl] = { body: leaf.pem };
    expect(await verified(delivery({ certUrl }))).toEqual(refused(/paypal-cert-url/));
    expect(asked).toEqual([]);
  });

  test('nor is an issuer that is not on DigiCert’s server', async () => {
    for (const issuerUrl of [
      'http://evil.example/x.crt',
      'http://cacerts.digicert.com:8080/x.crt',
      'http://cacerts.digicert.com@evil.example/x.crt',
      'http://cacerts.digicert.com.evil.example/x.crt',
      'ldap://cacerts.digicert.com/x.crt',
      'http://cacerts.digicert.com/x.crt?y',
    ]) {
      const key = leaf.privateKey;
      const other = await testCertificate({ name: NAME, by: intermediate, issuerUrl, key });
      asked = [];
      web = { [CERT_URL]: { body: other.pem }, [issuerUrl]: { body: intermediate.pem } };
      expect(await verified(delivery({ by: other }))).toEqual(refused(/names no issuer/));
      expect(asked.map(({ url }) => url)).toEqual([CERT_URL]);
    }
  });

  test('a configured prefix replaces PayPal’s', async () => {
    const certUrlPrefix = 'http://127.0.0.1:4013/v1/notifications/certs';
    const certUrl = `${certUrlPrefix}/CERT-1`;
    web[certUrl] = { body: leaf.pem };
    expect(await verified(delivery({ certUrl }), { certUrlPrefix })).toEqual(OK);
    expect(await verified(delivery(), { certUrlPrefix })).toEqual(refused(/not a certificate under/));
  });

  test.each(['not a url', 'ftp://x/', 'http://u:p@127.0.0.1/certs/', 'http://127.0.0.1/certs/?x'])(
    'the prefix %s is refused at the start',
    (certUrlPrefix) => expect(() => reader({ certUrlPrefix })).toThrow(/PAYPAL_CERT_URL_PREFIX/),
  );
});

describe('certificates', () => {
  async function withLeaf(
    wish: Parameters<typeof testCertificate>[0],
    options: Partial<PaypalWebhookOptions> = {},
  ): Promise<Verification> {
    const key = wish?.bits === undefined ? { key: leaf.privateKey } : {};
    const usual = { name: NAME, by: intermediate, issuerUrl: ISSUER_URL };
    const other = await testCertificate({ ...usual, ...key, ...wish });
    web[CERT_URL] = { body: other.pem };
    return verified(delivery({ by: other }), options);
  }

  test.each([
    ['another name', { name: 'messageverificationcerts.paypal.com' }, /not for messageverification/],
    ['a longer name', { name: `${NAME}.example.net` }, /not for/],
    ['a wildcard', { dnsNames: ['*.sandbox.paypal.com'] }, /not for/],
    ['its name in the subject only', { dnsNames: [] }, /not for/],
    ['an issuer’s', { isIssuer: true, dnsNames: [NAME] }, /that of an issuer/],
    ['expired', { notAfter: '2026-11-22T10:00:04Z' }, /valid from/],
    ['not yet valid', { notBefore: '2026-11-22T10:00:06Z' }, /valid from/],
    ['not valid at the transmission', { notBefore: '2026-11-22T10:00:02Z' }, /valid from/],
    ['a short key', { bits: 1024 }, /2048 bits/],
    ['no AIA', { issuerUrl: 'http://ocsp.example/' }, /names no issuer/],
  ] as const)('%s', async (_name, wish, why) => {
    expect(await withLeaf(wish)).toEqual(refused(why));
  });

  test('an EC key', async () => {
    expect(await withLeaf({ bits: 0 })).toEqual(refused(/not RSA/));
  });

  test('self-signed', async () => {
    const other = await testCertificate({ name: NAME, issuerUrl: ISSUER_URL, key: leaf.privateKey });
    web[CERT_URL] = { body: other.pem };
    expect(await verified(delivery({ by: other }))).toEqual(refused(/did not issue it/));
  });

  test('of another authority with the same names', async () => {
    const otherRoot = await testCertificate({ name: 'root', isIssuer: true, bits: 0 });
    const other = await testCertificate({ name: 'intermediate', isIssuer: true, by: otherRoot, bits: 0 });
    expect(await withLeaf({ by: other })).toEqual(refused(/did not issue it/));
    web[ISSUER_URL] = { body: other.pem };
    expect(await withLeaf({ by: other })).toEqual(refused(/names no issuer/));
  });

  test('issued by a leaf', async () => {
    const key = leaf.privateKey;
    const by = await testCertificate({ name: 'evil', by: intermediate, issuerUrl: ISSUER_URL, key });
    web[ISSUER_URL] = { body: by.pem };
    expect(await withLeaf({ by })).toEqual(refused(/did not issue it/));
  });

  test('the issuer has expired, or does while the certificate is kept', async () => {
    const old = await testCertificate({
      name: 'intermediate',
      isIssuer: true,
      by: root,
      bits: 0,
      notAfter: '2026-11-22T09:00:00Z',
    });
    web[ISSUER_URL] = { body: old.pem };
    expect(await withLeaf({ by: old })).toEqual(refused(/not valid now/));
    const ending = await testCertificate({
      name: 'intermediate',
      isIssuer: true,
      by: root,
      bits: 0,
      notAfter: '2026-11-22T11:00:00Z',
    });
    const key = leaf.privateKey;
    const other = await testCertificate({ name: NAME, by: ending, issuerUrl: ISSUER_URL, key });
    web = { [CERT_URL]: { body: other.pem }, [ISSUER_URL]: { body: ending.pem } };
    const one = reader();
    expect(await one.verify(delivery({ by: other }), [WEBHOOK_ID])).toEqual(OK);
    now = new Date('2026-11-22T11:00:01Z');
    expect(await one.verify(delivery({ by: other }), [WEBHOOK_ID])).toEqual(refused(/no longer valid/));
  });

  test.each([
    ['missing', { status: 404 }, /status 404/],
    ['no PEM', { body: '<html>maintenance</html>' }, /not a certificate/],
    [
      'broken PEM',
      { body: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      /not a certificate/,
    ],
  ] as const)('%s: refused, and not asked for again at once', async (_name, answer, why) => {
    web[CERT_URL] = answer;
    const one = reader();
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(refused(why));
    web[CERT_URL] = { body: leaf.pem };
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(refused(why));
    expect(asked).toHaveLength(1);
    now = new Date(now.getTime() + 60_000);
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(OK);
  });

  test.each([
    ['no connection', new HttpFailure('connect', false, 'refused')],
    ['too slow', new HttpFailure('timeout', true, 'slow')],
    ['busy', { status: 503 }],
    ['limited', { status: 429 }],
  ] as const)('cannot be told now (%s): PayPal has to send again', async (_name, answer) => {
    web[CERT_URL] = answer;
    await expect(verified()).rejects.toMatchObject({ kind: 'transient', operation: 'fetchCertificate' });
  });

  test.each(['too-large', 'redirect'] as const)('%s: refused', async (reason) => {
    web[CERT_URL] = new HttpFailure(reason, true, 'no');
    expect(await verified()).toEqual(refused(/could not be fetched/));
  });

  test('strangers cannot make us ask without end', async () => {
    const one = reader();
    for (let number = 0; number < 100; number += 1) {
      const verdict = await one.verify(delivery({ certUrl: `${PREFIX}CERT-${number}` }), [WEBHOOK_ID]);
      expect(verdict.ok).toBe(false);
    }
    expect(asked).toHaveLength(30);
    now = new Date(now.getTime() + 60_000);
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(OK);
  });
});

describe('with PAYPAL_CERT_CA_FILE', () => {
  test('only its certificates issue, and nothing but the leaf is fetched', async () => {
    const certCaPem = `# comment\n${root.pem}\n${intermediate.pem}`;
    expect(await verified(delivery(), { certCaPem, trustedRoots: [] })).toEqual(OK);
    expect(asked.map(({ url }) => url)).toEqual([CERT_URL]);
  });

  test('Node’s roots and PayPal’s verdict count for nothing then', async () => {
    const verifyByPaypal = () => Promise.reject(new Error('must not be asked'));
    const why = refused(/no certificate in PAYPAL_CERT_CA_FILE/);
    expect(await verified(delivery(), { certCaPem: root.pem, verifyByPaypal })).toEqual(why);
    expect(asked.map(({ url }) => url)).toEqual([CERT_URL]);
  });

  test.each(['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    '%j is refused at the start',
    (certCaPem) => expect(() => reader({ certCaPem })).toThrow(/PAYPAL_CERT_CA_FILE/),
  );
});

describe('when the chain cannot be built', () => {
  const bodies: string[] = [];
  let verdict: boolean | null = true;
  const verifyByPaypal = (webhookId: string, body: string): Promise<boolean | null> => {
    expect(webhookId).toBe(WEBHOOK_ID);
    bodies.push(body);
    return Promise.resolve(verdict);
  };
  beforeEach(() => {
    bodies.length = 0;
    verdict = true;
    web[ISSUER_URL] = { status: 500 };
  });

  test('PayPal is asked with the raw body spliced in verbatim', async () => {
    const body = '{ "id":"WH-1", "event_type":"X.Y",\n"a":{}, "b":1.0, "c":"\\u00e9\\/ü" }';
    expect(await verified(delivery({ body }), { verifyByPaypal })).toEqual(OK);
    expect(bodies[0]?.endsWith(`,"webhook_event":${body}}`)).toBe(true);
    const { headers } = delivery({ body });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      auth_algo: 'SHA256withRSA',
      cert_url: CERT_URL,
      transmission_id: headers['paypal-transmission-id'],
      transmission_sig: headers['paypal-transmission-sig'],
      transmission_time: TIME,
      webhook_id: WEBHOOK_ID,
    });
  });

  test.each([false, null])('a verdict of %p refuses', async (said) => {
    verdict = said;
    expect(await verified(delivery(), { verifyByPaypal })).toEqual(refused(/could not be fetched/));
  });

  test('without anybody to ask it is refused', async () => {
    expect(await verified()).toEqual(refused(/could not be fetched: status 500/));
  });

  test('a wrong signature is not worth asking', async () => {
    const other = await testCertificate({ name: NAME, by: intermediate });
    expect(await verified(delivery({ by: other }), { verifyByPaypal })).toEqual(refused(/fits none/));
    expect(bodies).toEqual([]);
  });

  test.each(['{"id":"WH-1"},"webhook_id":"OTHER"', '[]', 'x', '', '{"a":1}{"b":2}'])(
    'a body that is no JSON object by itself (%s) is not spliced in',
    async (body) => {
      expect(await verified(delivery({ body }), { verifyByPaypal })).toEqual(refused(/no JSON object/));
      expect(bodies).toEqual([]);
    },
  );

  test('bytes that are no UTF-8 neither', async () => {
    const body = Buffer.from('{"id":"\xff"}', 'latin1');
    expect(await verified(delivery({ body }), { verifyByPaypal })).toEqual(refused(/no JSON object/));
  });

  test('that PayPal cannot be asked either is not a refusal', async () => {
    const down = () => Promise.reject(new HttpFailure('timeout', true, 'slow'));
    await expect(verified(delivery(), { verifyByPaypal: down })).rejects.toBeInstanceOf(HttpFailure);
  });

  test('the chain is tried again after a minute', async () => {
    const one = reader();
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(refused(/status 500/));
    web[ISSUER_URL] = { body: intermediate.der.toString('latin1') };
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(refused(/status 500/));
    now = new Date(now.getTime() + 60_000);
    expect(await one.verify(delivery(), [WEBHOOK_ID])).toEqual(OK);
  });
});

describe('changes', () => {
  test('of any one byte of the body are refused', async () => {
    const one = reader();
    const genuine = delivery();
    for (let at = 0; at < genuine.rawBody.length; at += 1) {
      const rawBody = Buffer.from(genuine.rawBody);
      rawBody[at] = (rawBody[at] ?? 0) ^ (1 << (at % 8));
      expect(await one.verify({ ...genuine, rawBody }, [WEBHOOK_ID])).toMatchObject({ ok: false });
    }
  });

  test('of any one character of a header are refused', async () => {
    const one = reader();
    const genuine = delivery();
    const change = fc.record({
      name: fc.constantFrom(...HEADERS.filter((header) => header !== 'paypal-cert-url')),
      at: fc.nat(),
      to: fc.integer({ min: 0x20, max: 0x7e }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ name, at, to }) => {
        const value = genuine.headers[name] ?? '';
        const index = at % value.length;
        fc.pre(value.charCodeAt(index) !== to);
        const changed = value.slice(0, index) + String.fromCharCode(to) + value.slice(index + 1);
        const headers = { ...genuine.headers, [name]: changed };
        const verdict = await one.verify({ ...genuine, headers }, [WEBHOOK_ID]);
        return !verdict.ok;
      }),
      { numRuns: 500 },
    );
  });

  test('the last digit of the signature has spare bits, which have to be zero', async () => {
    const genuine = delivery();
    const signature = genuine.headers['paypal-transmission-sig'] ?? '';
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = signature.slice(-3, -2);
    const other = digits[digits.indexOf(last) + 1] ?? 'A';
    const changed = `${signature.slice(0, -3)}${other}==`;
    expect(Buffer.from(changed, 'base64')).toEqual(Buffer.from(signature, 'base64'));
    const headers = { ...genuine.headers, 'paypal-transmission-sig': changed };
    expect(await verified({ ...genuine, headers })).toEqual(refused(/fits none/));
  });
});

describe('a body forged to keep its CRC-32', () => {
  const forged = withCrcOf(BODY, BODY.replace('30.00', '3000000.00').replace('x{}[]1.0', '#pad#'), '#pad#');
  const genuine = () => delivery({ id: 'b2384410-f8d2-11e4-8bf3-77339302725b' });

  test('is refused once the genuine one was seen', async () => {
    const one = reader();
    expect(await one.verify(genuine(), [WEBHOOK_ID])).toEqual(OK);
    const replay = { ...genuine(), rawBody: Buffer.from(forged) };
    expect(await one.verify(replay, [WEBHOOK_ID])).toEqual(refused(/another body came/));
    expect(await one.verify(genuine(), [WEBHOOK_ID])).toEqual(OK);
  });

  test('says nothing but which object to look at when it comes first', async () => {
    const one = reader();
    const replay = { ...genuine(), rawBody: Buffer.from(forged) };
    expect(await one.verify(replay, [WEBHOOK_ID])).toEqual(OK);
    const split = one.split(replay);
    const [event] = split.kind === 'events' ? split.events : [];
    expect(event === undefined ? null : one.translate(event)).toEqual({
      kind: 'capture-changed',
      captureId: '12A34567BC123456S',
      // What it claims makes us look again at most: PayPal's answer is what is booked.
      told: 'completed',
    });
  });

  test('with blanks at its end, the easy way, is refused at once', async () => {
    const blanks = { ...genuine(), rawBody: Buffer.from(`${BODY} \t \t`) };
    expect(await verified(blanks)).toEqual(refused(/blanks/));
    expect(await verified(delivery({ body: `${BODY}\r\n` }))).toEqual(OK);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { openVault } from '@mlc/platform/vault/vault';
import {
  createTestDatabase,
  type ScriptedProvider,
  scriptedProvider,
  silentLog,
  type TestDatabase,
} from '@mlc/testkit';
import { paypalHeaders, type TestCertificate, testCertificate, withCrcOf } from '@mlc/testkit/signing-chain';
import { Registry } from 'prom-client';
import { composeIngress } from './compose.ts';
import { listenIngress, type RunningIngress } from './start-ingress.ts';

const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
const NAME = 'messageverificationcerts.sandbox.paypal.com';
const WEBHOOK_ID = '8PT597110X687430L';
const CERTS = '/v1/notifications/certs/';
const NOW = new Date('2026-11-22T10:00:05Z');
const TIME = '2026-11-22T10:00:00Z';
const BODY =
  '{ "id":"WH-58D329510W468432D-8HN650336L201105X","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"12A34567BC123456S","amount":{"currency_code":"USD","value":"30.00"},"n":1.0,"custom_id":"c"}}';

let testDatabase: TestDatabase;
let database: Database;
let paypal: ScriptedProvider;
/** Must never be asked for anything. */
let stranger: ScriptedProvider;
let folder: string;
let leaf: TestCertificate;
let ingress: RunningIngress;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  [paypal, stranger] = await Promise.all([scriptedProvider(), scriptedProvider()]);
  const issuer = await testCertificate({ name: 'issuer', isIssuer: true, bits: 0 });
  leaf = await testCertificate({ name: NAME, by: issuer });
  folder = await mkdtemp(join(tmpdir(), 'mlc-paypal-'));
  await writeFile(join(folder, 'issuers.pem'), issuer.pem);
  await database.prisma.business.create({
    data: { id: 'b1', slug: 'acme', displayName: 'Acme', timezone: 'Europe/London', policy: {} },
  });
  await connect('pp1', { webhookId: WEBHOOK_ID });
  await database.prisma.business.create({
    data: { id: 'b2', slug: 'other', displayName: 'Other', timezone: 'Europe/London', policy: {} },
  });
  await connect('pp2', { webhookId: null }, 'b2');
  ingress = await listen(join(folder, 'issuers.pem'));
});

beforeEach(async () => {
  await database.pool.query('TRUNCATE inbound_events, webhook_receipts');
  stranger.script();
  paypal.script({ headers: { 'content-type': 'application/x-pem-file' }, body: leaf.pem });
});

afterAll(async () => {
  await ingress.close();
  await Promise.all([paypal.close(), stranger.close(), rm(folder, { recursive: true })]);
  await database.close();
  await testDatabase.drop();
});

async function connect(id: string, settings: object, businessId = 'b1'): Promise<void> {
  await database.prisma.connection.create({
    data: {
      id,
      businessId,
      provider: 'paypal',
      environment: 'sandbox',
      settings: { clientId: 'client-1', merchantId: `M-${id}`, ...settings },
    },
  });
  await vault.putSecret(database.prisma, id, 'client-secret', 'secret-1');
}

function runtimeOf(certCaFile: string | null) {
  const certUrlPrefix = `${paypal.url}${CERTS}`;
  return {
    log: silentLog,
    database,
    vault,
    metrics: new Registry(),
    clock: { now: () => NOW },
    config: { paypal: { apiUrl: paypal.url, certUrlPrefix, certCaFile, certName: null } },
  };
}

const listen = (certCaFile: string | null): Promise<RunningIngress> =>
  listenIngress(runtimeOf(certCaFile), { host: '127.0.0.1', port: 0 });

interface Wish {
  readonly body?: string;
  /** What the headers were made for. */
  readonly signedBody?: string;
  readonly certUrl?: string;
  readonly id?: string;
  readonly connection?: string;
  readonly webhookId?: string;
  readonly to?: RunningIngress;
}

async function deliver(wish: Wish = {}): Promise<{ status: number; body: unknown }> {
  const { body = BODY, signedBody = body, connection = 'pp1', webhookId = WEBHOOK_ID, to = ingress } = wish;
  const certUrl = wish.certUrl ?? `${paypal.url}${CERTS}CERT-360caa42-fca2a594-0badcafe`;
  const id = wish.id === undefined ? {} : { id: wish.id };
  const signature = paypalHeaders({
    body: signedBody,
    certUrl,
    time: TIME,
    webhookId,
    key: leaf.privateKey,
    ...id,
  });
  const response = await fetch(`http://127.0.0.1:${to.port}/webhooks/paypal/${connection}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
  });
  return { status: response.status, body: await response.json() };
}

async function rows(): Promise<Record<string, string | null>[]> {
  const found = await database.pool.query<Record<string, string | null>>(
    'SELECT * FROM inbound_events ORDER BY id',
  );
  return found.rows;
}

const ACCEPTED = { status: 200, body: { accepted: 1, duplicates: 0 } };
const INVALID = { status: 401, body: { error: 'invalid_signature' } };

test('a genuine delivery is stored as it came, once', async () => {
  expect(await deliver()).toEqual(ACCEPTED);
  expect(await deliver()).toEqual({ status: 200, body: { accepted: 0, duplicates: 1 } });
  expect(await rows()).toMatchObject([
    {
      provider: 'paypal',
      connection_id: 'pp1',
      external_event_id: 'WH-58D329510W468432D-8HN650336L201105X',
      type: 'PAYMENT.CAPTURE.COMPLETED',
      resource_id: '12A34567BC123456S',
      flow: 'paypal-capture-to-freshbooks',
      payload: BODY,
    },
  ]);
});

test('what cannot be read is kept for a person', async () => {
  expect(await deliver({ body: '{"id":"WH-1"}', id: 'a1' })).toMatchObject({
    status: 400,
    body: { error: 'unreadable_body' },
  });
  expect(await rows()).toMatchObject([{ type: 'unreadable', flow: 'paypal-capture-to-freshbooks' }]);
});

describe('refused', () => {
  test('without a webhook id, and with the placeholder', async () => {
    expect(await deliver({ connection: 'pp2' })).toEqual(INVALID);
    await setSettings({ webhookId: 'WEBHOOK_ID' });
    expect(await deliver({ connection: 'pp2', webhookId: 'WEBHOOK_ID' })).toEqual(INVALID);
    expect(await rows()).toEqual([]);
  });

  test('for another connection’s webhook', async () => {
    expect(await deliver({ webhookId: '1JE4291016473214C' })).toEqual(INVALID);
  });

  test('with a changed body', async () => {
    expect(await deliver({ body: BODY.replace('30.00', '30.01'), signedBody: BODY })).toEqual(INVALID);
  });

  test('with a certificate anywhere else, where nothing is asked', async () => {
    for (const certUrl of [
      `${stranger.url}${CERTS}CERT-360caa42-fca2a594-0badcafe`,
      `${stranger.url.replace('://', `://${new URL(paypal.url).host}@`)}${CERTS}CERT-1`,
      'http://169.254.169.254/latest/meta-data',
    ])
      expect(await deliver({ certUrl })).toEqual(INVALID);
    expect(stranger.requests).toEqual([]);
  });

  test('with a body forged to keep its CRC-32, after the genuine one', async () => {
    const forged = withCrcOf(BODY, BODY.replace('30.00', '3000000.00').replace('"c"', '"#"'), '#');
    expect(await deliver({ id: 'f1' })).toEqual(ACCEPTED);
    expect(await deliver({ id: 'f1', body: forged, signedBody: BODY })).toEqual(INVALID);
    expect((await rows()).map((row) => row['payload'])).toEqual([BODY]);
  });
});

test('several webhook ids are valid while one replaces the other', async () => {
  await setSettings({ webhookId: '1JE4291016473214C', webhookIds: [WEBHOOK_ID] });
  expect(await deliver({ connection: 'pp2' })).toEqual(ACCEPTED);
  await setSettings({ webhookId: '1JE4291016473214C' });
});

async function setSettings(settings: object): Promise<void> {
  await database.prisma.connection.update({
    where: { id: 'pp2' },
    data: { settings: { clientId: 'client-1', merchantId: 'M-pp2', ...settings } },
  });
}

describe('other ways to trust', () => {
  test('a certificate that cannot be fetched now is PayPal’s to send again', async () => {
    paypal.script({ status: 503 }, { status: 503 });
    const certUrl = `${paypal.url}${CERTS}CERT-later`;
    expect(await deliver({ certUrl })).toMatchObject({ status: 503 });
    paypal.script({ body: leaf.pem });
    expect(await deliver({ certUrl })).toEqual(ACCEPTED);
  });

  test('without a chain PayPal is asked, with the raw body verbatim and the app’s own token', async () => {
    const alone = await listen(null);
    try {
      paypal.script(
        { body: leaf.pem },
        { body: { access_token: 'A21AA', expires_in: 3600 } },
        { body: { verification_status: 'SUCCESS' } },
        { body: { verification_status: 'FAILURE' } },
        { body: { verification_status: 'FAILURE' } },
      );
      expect(await deliver({ to: alone })).toEqual(ACCEPTED);
      expect(await deliver({ to: alone })).toEqual(INVALID);
      const [, token, postback] = paypal.requests;
      expect(token?.headers.authorization).toBe(
        `Basic ${Buffer.from('client-1:secret-1').toString('base64')}`,
      );
      expect(postback?.path).toBe('/v1/notifications/verify-webhook-signature');
      expect(postback?.headers.authorization).toBe('Bearer A21AA');
      expect(postback?.body.endsWith(`"webhook_event":${BODY}}`)).toBe(true);
    } finally {
      await alone.close();
    }
  });

  test('a CA file that is not there, or holds nothing, stops the start and is named', async () => {
    const empty = join(folder, 'empty.pem');
    await writeFile(empty, '');
    for (const file of [join(folder, 'none.pem'), empty])
      expect(() => composeIngress(runtimeOf(file))).toThrow(/PAYPAL_CERT_CA_FILE/);
  });
});

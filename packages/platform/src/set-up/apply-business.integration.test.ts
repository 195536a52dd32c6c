import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { waitingForConnection } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { verifyAudit } from '../audit/verify.ts';
import { type BusinessFileInput, BusinessFileError, checkBusinessFile } from '../config/business-file.ts';
import { storeTokens } from '../vault/stored-tokens.ts';
import { openVault } from '../vault/vault.ts';
import { applyBusiness } from './apply-business.ts';
import { findBusiness, listBusinesses, loadBusiness } from './businesses.ts';
import { connectionsOf } from '../connections/connections.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';
import { webhookUrls } from './webhook-urls.ts';

jest.setTimeout(30_000);

const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
// 23:30 UTC: already the next day in Paris.
const clock = { now: () => new Date('2026-11-20T23:30:00Z') };
let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE businesses, connections, secrets, callbacks, reviews, inbound_events, audit_heads, token_refreshes',
  );
  await database.pool.query('SET LOCAL session_replication_role = replica; DELETE FROM audit_entries');
});

const FRESHBOOKS = {
  accountId: 'xZNQ1X',
  businessId: 439000,
  accessToken: 'fb-access-1',
  refreshToken: 'fb-refresh-1',
  expiresAt: '2026-11-21T12:00:00Z',
  callbacks: [{ event: 'invoice.create', callbackId: 2001, verifier: 'v-2001' }],
};
const GOCARDLESS = {
  environment: 'sandbox' as const,
  accessToken: 'gc-access',
  webhookSecrets: ['gc-secret-1', 'gc-secret-2'],
};
const PAYPAL = {
  environment: 'live' as const,
  clientId: 'pp-client',
  clientSecret: 'pp-secret',
  merchantId: 'M1',
};
const FILE = {
  business: 'acme',
  displayName: 'Acme Ltd',
  timezone: 'Europe/Paris',
  notify: { emails: ['finance@acme.test'] },
  connections: { freshbooks: FRESHBOOKS, gocardless: GOCARDLESS, paypal: PAYPAL },
} satisfies BusinessFileInput;

const apply = (file: BusinessFileInput) => applyBusiness(database, vault, clock, checkBusinessFile(file));
const actions = async () =>
  (await database.prisma.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map((entry) => entry.action);
const secretOf = async (id: string, name: string) => vault.getSecret(database.prisma, id, name);

/** Everything stored, to see that nothing at all changed. */
async function everything(): Promise<unknown> {
  const tables = ['businesses', 'connections', 'secrets', 'callbacks', 'audit_entries'];
  return Promise.all(
    tables.map(
      async (table) => (await database.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows as unknown,
    ),
  );
}

test('a new business: rows, secrets in the vault, audit, addresses', async () => {
  const applied = await apply(FILE);
  const ids = Object.fromEntries(Object.entries(applied.connections).map(([name, { id }]) => [name, id]));
  const { freshbooks = '', gocardless = '', paypal = '' } = ids;

  expect(await findBusiness(database.prisma, 'acme')).toMatchObject({
    slug: 'acme',
    displayName: 'Acme Ltd',
    policy: { collectFrom: '2026-11-21', noMandate: 'review' },
  });
  expect(await connectionsOf(database.prisma, applied.businessId)).toMatchObject([
    { provider: 'freshbooks', settings: { accountId: 'xZNQ1X', businessId: 439000, businessUuid: null } },
    { provider: 'gocardless', environment: 'sandbox', settings: {} },
    { provider: 'paypal', settings: { clientId: 'pp-client', webhookId: null, merchantId: 'M1' } },
  ]);
  expect(JSON.parse((await secretOf(freshbooks, 'tokens')) ?? '')).toMatchObject({
    accessToken: 'fb-access-1',
  });
  expect(await secretOf(freshbooks, 'verifier:2001')).toBe('v-2001');
  expect(await secretOf(gocardless, 'access-token')).toBe('gc-access');
  expect(await secretOf(gocardless, 'webhook-secrets')).toBe('["gc-secret-1","gc-secret-2"]');
  expect(await secretOf(paypal, 'client-secret')).toBe('pp-secret');
  expect(await actions()).toEqual([
    'business.applied',
    'connection.created',
    'connection.created',
    'connection.created',
  ]);
  const urls = webhookUrls('https://hooks.test', applied);
  expect(urls).toMatchObject({
    gocardless: `https://hooks.test/webhooks/gocardless/${gocardless}`,
    paypal: `https://hooks.test/webhooks/paypal/${paypal}`,
    freshbooks: { 'invoice.create': `https://hooks.test/webhooks/freshbooks/${freshbooks}/invoice.create` },
  });
  expect(Object.keys(urls['freshbooks'] ?? {})).toHaveLength(10);
});

test('no credential stands anywhere in plain text', async () => {
  await apply(FILE);
  const all = JSON.stringify(await everything());
  expect(all).not.toMatch(/fb-access|fb-refresh|gc-access|gc-secret|pp-secret|v-2001/);
});

test('the same file twice changes nothing', async () => {
  const first = await apply(FILE);
  const before = await everything();
  expect(await apply(FILE)).toEqual({ ...first, changed: false });
  expect(await everything()).toEqual(before);
});

test('applied by several at once it is still one business', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => apply(FILE)));
  expect(new Set(applied.map(({ businessId }) => businessId)).size).toBe(1);
  expect(applied.filter(({ changed }) => changed)).toHaveLength(1);
  expect(await listBusinesses(database.prisma)).toHaveLength(1);
});

test('an unchanged file never brings rotated tokens back, even when something else in it changed', async () => {
  const { connections } = await apply(FILE);
  const id = connections['freshbooks']?.id ?? '';
  const rotated = {
    accessToken: 'new-a',
    refreshToken: 'new-r',
    expiresAt: clock.now(),
    obtainedAt: clock.now(),
  };
  await storeTokens(database.prisma, vault, id, rotated);
  await vault.putSecret(database.prisma, id, 'verifier:2001', 'repaired');
  const callbacks = [
    ...FRESHBOOKS.callbacks,
    { event: 'client.create', callbackId: 2002, verifier: 'v-2002' },
  ];
  const freshbooks = { ...FRESHBOOKS, businessId: 5, expiresAt: '2030-01-01T00:00:00Z', callbacks };
  const applied = await apply({ ...FILE, displayName: 'Acme', connections: { freshbooks } });
  expect(applied).toMatchObject({ changed: true, callbackEvents: ['client.create', 'invoice.create'] });
  expect(await secretOf(id, 'tokens')).toContain('new-r');
  expect(await secretOf(id, 'verifier:2001')).toBe('repaired');
  expect(await secretOf(id, 'verifier:2002')).toBe('v-2002');
  expect(Object.keys(applied.connections)).toEqual(['freshbooks', 'gocardless', 'paypal']);
});

test('new tokens bring a connection back: active, review settled, parked work woken', async () => {
  const { businessId, connections } = await apply(FILE);
  const id = connections['freshbooks']?.id ?? '';
  await database.prisma.connection.update({ where: { id }, data: { state: 'unauthorised' } });
  const subject = { provider: 'freshbooks', type: 'connection', id };
  await database.transaction((tx) =>
    repositoriesOn(tx, businessId, clock).reviews.open({
      kind: 'reauthorise',
      subject,
      amount: null,
      reasons: ['spent'],
      candidates: [],
      eventId: null,
    }),
  );
  await database.prisma.inboundEvent.create({
    data: {
      businessId,
      connectionId: id,
      provider: 'freshbooks',
      type: 'invoice.create',
      externalEventId: 'e1',
      resourceId: '1',
      payload: '',
      correlationId: 'x',
      state: 'parked',
      waitingFor: waitingForConnection(id),
    },
  });
  await apply(FILE);
  expect((await database.prisma.review.findFirstOrThrow()).state).toBe('open');

  await apply({ ...FILE, connections: { freshbooks: { ...FRESHBOOKS, refreshToken: 'fb-refresh-2' } } });
  expect((await database.prisma.connection.findUniqueOrThrow({ where: { id } })).state).toBe('active');
  expect((await database.prisma.review.findFirstOrThrow()).state).toBe('resolved');
  expect((await database.prisma.inboundEvent.findFirstOrThrow()).state).toBe('stored');
});

test('the go-live date stays when it is left out later', async () => {
  const { businessId } = await apply({ ...FILE, policy: { collectFrom: '2026-01-01' } });
  await apply({ ...FILE, policy: { noMandate: 'pause' } });
  expect((await loadBusiness(database.prisma, businessId)).policy).toMatchObject({
    collectFrom: '2026-01-01',
    noMandate: 'pause',
  });
});

test('a webhook id that was registered stays when the file does not name one', async () => {
  const { businessId } = await apply(FILE);
  const where = { businessId_provider: { businessId, provider: 'paypal' } };
  const settings = { clientId: 'pp-client', webhookId: 'WH-1', merchantId: 'M1' };
  await database.prisma.connection.update({ where, data: { settings } });
  await apply({ ...FILE, connections: { paypal: { ...PAYPAL, merchantId: 'M2' } } });
  expect((await database.prisma.connection.findUniqueOrThrow({ where })).settings).toEqual({
    ...settings,
    merchantId: 'M2',
  });
});

test('another creditor: what was another business’s and what had no mandate is looked at again', async () => {
  const { businessId, connections } = await apply(FILE);
  const connectionId = connections['gocardless']?.id ?? '';
  const stored = (externalEventId: string, state: string, ending: string | null) =>
    database.prisma.inboundEvent.create({
      data: {
        businessId, connectionId, provider: 'gocardless', type: 'payments.confirmed', externalEventId, resourceId: 'PM1',
        payload: '{}', correlationId: 'c', flow: 'payment-to-freshbooks', state, ending,
      }, // prettier-ignore
    });
  await stored('theirs', 'skipped', 'of-another-business');
  await stored('nothing', 'skipped', 'nothing-to-show');
  const asked = await stored('asked', 'done', null);
  await database.transaction(
    (tx) =>
    repositoriesOn(tx, businessId, clock).reviews.open({
      kind: 'no_mandate', subject: { provider: 'freshbooks', type: 'invoice', id: '1' }, amount: null, reasons: [],
      candidates: [], covers: null, eventId: String(asked.id),
    }), // prettier-ignore
  );
  const states = async () =>
    (await database.prisma.inboundEvent.findMany({ orderBy: { id: 'asc' } })).map(({ state }) => state);
  expect(await states()).toEqual(['skipped', 'skipped', 'done']);
  const choosing = { ...FILE, connections: { gocardless: { ...GOCARDLESS, creditorId: 'CR1' } } };
  await apply(choosing);
  expect(await states()).toEqual(['stored', 'skipped', 'stored']);
  expect((await apply(choosing)).changed).toBe(false);
  expect(
    (await connectionsOf(database.prisma, businessId)).find(({ id }) => id === connectionId)?.settings,
  ).toEqual({
    creditorId: 'CR1',
  });
});

test.each([
  ['another merchant', { merchantId: 'M2' }],
  ['another secret', { clientSecret: 'of-the-other-app' }],
])('%s: payments that named another merchant are looked at again', async (_name, change) => {
  const { businessId, connections } = await apply(FILE);
  const connectionId = connections['paypal']?.id ?? '';
  const stored = (externalEventId: string, ended: { state: string; ending?: string; reason: string }) =>
    database.prisma.inboundEvent.create({
      data: {
        businessId, connectionId, provider: 'paypal', type: 'PAYMENT.CAPTURE.COMPLETED', externalEventId, resourceId: 'C1',
        payload: '{}', correlationId: 'c', flow: 'paypal-capture-to-freshbooks', ...ended,
      }, // prettier-ignore
    });
  const reason =
    'review reauthorise: PayPal payment C1 of GBP 1.00 names another PayPal merchant: M2, and so on';
  const asked = await stored('asked', { state: 'done', reason });
  await stored('ignored', { state: 'skipped', ending: 'already-answered', reason });
  await stored('of old', { state: 'skipped', ending: 'paid-to-another', reason: 'paid to merchant M2' });
  await stored('booked', { state: 'done', reason: 'booked' });
  await database.transaction(
    (tx) =>
    repositoriesOn(tx, businessId, clock).reviews.open({
      kind: 'reauthorise', subject: { provider: 'paypal', type: 'connection', id: PAYPAL.merchantId }, amount: null,
      reasons: [], candidates: [], covers: 'M2', eventId: String(asked.id),
    }), // prettier-ignore
  );
  const changed = { ...FILE, connections: { ...FILE.connections, paypal: { ...PAYPAL, ...change } } };
  await apply(changed);
  const events = await database.prisma.inboundEvent.findMany({ orderBy: { id: 'asc' } });
  expect(events.map(({ state }) => state)).toEqual(['stored', 'stored', 'stored', 'done']);
  expect(await database.prisma.review.findMany()).toMatchObject([
    { state: 'resolved', resolvedBy: 'system' },
  ]);
});

test('other books are refused and nothing of the file is applied', async () => {
  await apply(FILE);
  const before = await everything();
  const moved = {
    ...FILE,
    displayName: 'X',
    connections: { freshbooks: { ...FRESHBOOKS, accountId: 'other' } },
  };
  await expect(apply(moved)).rejects.toThrow(BusinessFileError);
  await expect(apply(moved)).rejects.toThrow(
    /connections.freshbooks.accountId: acme keeps its books in xZNQ1X/,
  );
  expect(await everything()).toEqual(before);
});

test('what was audited verifies', async () => {
  const { businessId } = await apply(FILE);
  expect(await verifyAudit(database, businessId)).toMatchObject({ ok: true, entries: 4 });
});

import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { listenIngress, type RunningIngress } from '@mlc/ingress';
import { trustCallback } from '@mlc/platform/connections/callbacks';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { openVault } from '@mlc/platform/vault/vault';
import { createTestDatabase, silentLog, type TestDatabase } from '@mlc/testkit';
import { Registry } from 'prom-client';

export const GC_SECRET = 'ED7D658C-D8EB-4941-948B-3973214F2D49';
/** Verifier of FreshBooks callback 1, event invoice.create. */
export const VERIFIER = 'scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd';
export const FORM = 'application/x-www-form-urlencoded';
export const GC_PATH = '/webhooks/gocardless/gc1';
export const FB_PATH = '/webhooks/freshbooks/fb1/invoice.create';

/** What the ingress answered. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** An ingress of business b1 on a database of its own; every test starts with an empty inbox and GoCardless' secret alone. */
export interface TestIngress {
  readonly database: Database;
  readonly vault: ReturnType<typeof openVault>;
  readonly port: number;
  setSecrets(secrets: readonly string[]): Promise<void>;
  /** Raw bytes in, so that header bytes beyond ASCII can be sent too. */
  post(path: string, body: Buffer | string, headers: Record<string, string>): Promise<Answered>;
  postGocardless(body: string, signature?: string, path?: string): Promise<Answered>;
  postFreshbooks(body: string, signature: string, path?: string): Promise<Answered>;
  /** Inbound events in the order they were stored. */
  rows(): Promise<Record<string, string | null>[]>;
}

/** For the tests of one file; not to be used before the first of them runs. */
export function withIngress(): TestIngress {
  const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
  let testDatabase: TestDatabase;
  let database: Database;
  let ingress: RunningIngress;

  const setSecrets = (secrets: readonly string[]) =>
    vault.putSecret(database.prisma, 'gc1', 'webhook-secrets', JSON.stringify(secrets));

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = openDatabase(testDatabase.url);
    await createConnections(database);
    const callback = { connectionId: 'fb1', callbackId: '1', event: 'invoice.create' };
    await trustCallback({ database, vault }, callback, VERIFIER);
    const parts = { log: silentLog, database, vault, metrics: new Registry() };
    ingress = await listenIngress(parts, { host: '127.0.0.1', port: 0 });
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

  const post: TestIngress['post'] = async (path, body, headers) => {
    const response = await fetch(`http://127.0.0.1:${ingress.port}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers,
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  return {
    get database() {
      return database;
    },
    vault,
    get port() {
      return ingress.port;
    },
    setSecrets,
    post,
    postGocardless: (body, signature = hex(body), path = GC_PATH) =>
      post(path, body, { 'content-type': 'application/json', 'webhook-signature': signature }),
    postFreshbooks: (body, signature, path = FB_PATH) =>
      post(path, body, { 'content-type': FORM, 'x-freshbooks-hmac-sha256': signature }),
    rows: async () =>
      (await database.pool.query<Record<string, string | null>>('SELECT * FROM inbound_events ORDER BY id'))
        .rows,
  };
}

async function createConnections({ prisma }: Database): Promise<void> {
  await prisma.business.create({
    data: { id: 'b1', slug: 'acme', displayName: 'Acme', timezone: 'Europe/London', policy: {} },
  });
  for (const [id, provider] of [
    ['gc1', 'gocardless'],
    ['fb1', 'freshbooks'],
    ['pp1', 'paypal'],
  ] as const)
    await prisma.connection.create({
      data: { id, businessId: 'b1', provider, environment: 'sandbox', settings: {} },
    });
}

/** GoCardless' signature of a body. */
export function hex(body: Buffer | string, secret = GC_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** FreshBooks' signature of a form, for simple values (freshbooks.md 5.4). */
export function pythonSigned(body: string, key: string): string {
  const fields = [...new URLSearchParams(body)].map(([name, value]) => `"${name}": "${value}"`);
  return createHmac('sha256', key)
    .update(`{${fields.join(', ')}}`)
    .digest('base64');
}

/** A GoCardless event. */
export function event(id: string, changes: Record<string, unknown> = {}) {
  return {
    id,
    created_at: '2026-11-02T09:00:00.000Z',
    resource_type: 'payments',
    action: 'confirmed',
    links: { payment: 'PM1' },
    ...changes,
  };
}

/** A GoCardless delivery. */
export function events(...list: unknown[]): string {
  return JSON.stringify({ events: list, meta: { webhook_id: 'WB1' } });
}

/** All of them, 20 at a time. */
export async function aFewAtOnce<T>(calls: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const iterator = calls.values();
  const work = async (): Promise<void> => {
    for (const call of iterator) results.push(await call());
  };
  await Promise.all(Array.from({ length: 20 }, work));
  return results;
}

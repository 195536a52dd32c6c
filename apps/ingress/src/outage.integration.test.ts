import { createHmac, randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { openVault } from '@mlc/platform/vault/vault';
import { createTestDatabase, silentLog, type TestDatabase } from '@mlc/testkit';
import { Registry } from 'prom-client';
import { listenIngress, type RunningIngress } from './start-ingress.ts';

const SECRET = 'secret';
const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);

/** The way to Postgres, which can be cut (connections refused) or frozen (bytes stop, as with SIGSTOP). */
class Way {
  readonly #target: URL;
  readonly #pairs = new Set<[Socket, Socket]>();
  #server: Server;
  #isFrozen = false;
  port = 0;

  constructor(databaseUrl: string) {
    this.#target = new URL(databaseUrl);
    this.#server = this.#create();
  }

  #create(): Server {
    return createServer((near) => {
      const far = connect(Number(this.#target.port), this.#target.hostname);
      const pair: [Socket, Socket] = [near, far];
      this.#pairs.add(pair);
      for (const socket of pair)
        socket
          .on('error', () => undefined)
          .on('close', () => {
            for (const end of pair) end.destroy();
            this.#pairs.delete(pair);
          });
      near.pipe(far);
      far.pipe(near);
      if (this.#isFrozen) for (const socket of pair) socket.pause();
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await closed;
    this.#server = this.#create();
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const [near, far] of this.#pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  /** What was frozen is cut, as when the machine behind it is restarted. */
  async thaw(): Promise<void> {
    this.#isFrozen = false;
    await this.cut();
    await this.open();
  }

  url(): string {
    const url = new URL(this.#target);
    url.port = String(this.port);
    return url.href;
  }
}

let testDatabase: TestDatabase;
let direct: Database;
let way: Way;
let viaWay: Database;
let ingress: RunningIngress;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  direct = openDatabase(testDatabase.url);
  await direct.prisma.connection.create({
    data: { id: 'gc1', businessId: 'b1', provider: 'gocardless', environment: 'sandbox', settings: {} },
  });
  await vault.putSecret(direct.prisma, 'gc1', 'webhook-secrets', JSON.stringify([SECRET]));
  way = new Way(testDatabase.url);
  await way.open();
  viaWay = openDatabase(way.url());
  ingress = await start();
});

afterEach(async () => {
  await direct.pool.query('TRUNCATE inbound_events, webhook_receipts');
});

afterAll(async () => {
  await ingress.close();
  await way.cut();
  await viaWay.close();
  await direct.close();
  await testDatabase.drop();
});

function start(): Promise<RunningIngress> {
  const runtime = { log: silentLog, database: viaWay, vault, metrics: new Registry() };
  return listenIngress(runtime, { host: '127.0.0.1', port: 0 });
}

async function deliver(id: string, secret = SECRET, port = ingress.port): Promise<Response> {
  const event = { id, resource_type: 'payments', action: 'confirmed', links: { payment: 'PM1' } };
  const body = JSON.stringify({ events: [event] });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return fetch(`http://127.0.0.1:${port}/webhooks/gocardless/gc1`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'webhook-signature': signature },
  });
}

/** As a provider does: again until it is taken. */
async function deliverUntilTaken(id: string): Promise<unknown> {
  for (;;) {
    const response = await deliver(id);
    const body: unknown = await response.json();
    if (response.status === 200) return body;
    expect(response.status).toBe(503);
  }
}

async function get(path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${ingress.port}${path}`);
  await response.text();
  return response.status;
}

async function storedIds(): Promise<string[]> {
  const { rows } = await direct.pool.query<{ id: string }>(
    'SELECT external_event_id AS id FROM inbound_events ORDER BY id',
  );
  return rows.map((row) => row.id);
}

describe('Postgres is away', () => {
  test('503 with Retry-After, alive but not ready, and back by itself', async () => {
    expect((await deliver('EV0')).status).toBe(200);
    await way.cut();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => deliver(`EV${index}`)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([503]));
    expect(Number(answers[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answers[0]?.json()).toEqual({ error: 'unavailable' });
    expect(await get('/livez')).toBe(200);
    expect(await get('/readyz')).toBe(503);
    await way.open();
    expect(await deliverUntilTaken('EV1')).toEqual({ accepted: 1, duplicates: 0 });
    expect(await get('/readyz')).toBe(200);
  });

  test('a wrong signature is never taken for right meanwhile', async () => {
    await way.cut();
    expect([401, 503]).toContain((await deliver('EV1', 'wrong')).status);
    await way.open();
    expect(await deliverUntilTaken('EV2')).toBeDefined();
    expect((await deliver('EV1', 'wrong')).status).toBe(401);
  });

  test('cut in the middle of a stream of deliveries: what was answered 200 is there, all arrive in the end, once', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `S${index}`);
    const taken = ids.map((id) => deliverUntilTaken(id));
    await way.cut();
    await way.open();
    await direct.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mlc-inbox' AND datname = current_database()`,
    );
    await Promise.all(taken);
    expect((await storedIds()).toSorted()).toEqual(ids.toSorted());
  });
});

describe('Postgres is frozen', () => {
  test('the provider gets its 503 before it gives up (10 s), and deliveries are taken afterwards', async () => {
    expect(await deliverUntilTaken('EV0')).toBeDefined();
    way.freeze();
    const startMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => deliver(`F${index}`)));
    expect(performance.now() - startMs).toBeLessThan(9_500);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([503]));
    expect(await get('/livez')).toBe(200);
    await way.thaw();
    expect(await deliverUntilTaken('F0')).toBeDefined();
    expect(await storedIds()).toContain('F0');
  }, 30_000);
});

test('stopping answers what has come in, and lets nobody else in', async () => {
  const stopping = await start();
  const answers = Array.from({ length: 20 }, (_, index) => deliver(`G${index}`, SECRET, stopping.port));
  await answers[0];
  const closed = stopping.close();
  const statuses = (await Promise.all(answers)).map((answer) => answer.status);
  await closed;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await storedIds()).toHaveLength(20);
  await expect(deliver('LATE', SECRET, stopping.port)).rejects.toThrow();
});

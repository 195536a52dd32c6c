import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Notices } from '@mlc/core';
import { openRuntime, type OpenRuntime, readConfig, storeFor } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { eventStates, type LoggedLine, recordingLog, storeEvents, until } from '@mlc/testkit/flow-engine';
import { tmpdir } from 'node:os';
import { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';

jest.setTimeout(30_000);

type Notice = Parameters<Notices['send']>[0];

let testDatabase: TestDatabase;
let runtime: OpenRuntime;
let workers: RunningWorker[] = [];
const logged: LoggedLine[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const config = readConfig(
    {
      DATABASE_URL: testDatabase.url,
      MLC_VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      MLC_SWEEP_INTERVAL_S: '1',
      MLC_CONSOLE_URL: 'http://console.test',
    },
    tmpdir(),
  );
  runtime = await openRuntime(config, 'worker', { log: recordingLog(logged) });
  await runtime.database.prisma.business.create({
    data: {
      id: 'b1',
      slug: 'acme',
      displayName: 'Acme Ltd',
      timezone: 'Europe/London',
      notifyEmails: ['finance@acme.test'],
      policy: {},
    },
  });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});
afterAll(async () => {
  await runtime.close();
  await testDatabase.drop();
});

async function start(options: WorkerOptions = {}): Promise<RunningWorker> {
  const worker = await startWorker(runtime, { healthPort: 0, ...options });
  workers.push(worker);
  return worker;
}

test('work for a connection that is not there parks, asks once by mail, and runs when woken', async () => {
  const mails: Notice[] = [];
  const notices: Notices = {
    send: (notice) => {
      mails.push(notice);
      return Promise.resolve();
    },
  };
  const worker = await start({ notices });
  expect((await fetch(`http://127.0.0.1:${worker.healthPort}/readyz`)).status).toBe(200);
  const payload = (id: string) =>
    JSON.stringify({ id, resource_type: 'payments', action: 'confirmed', links: { payment: 'PM1' } });
  await storeEvents(runtime.database, { count: 2, resourceId: () => 'PM1' });
  await runtime.database.pool.query('UPDATE inbound_events SET payload = $1', [payload('EV1')]);
  await until('the parks', async () => (await eventStates(runtime.database))['parked'] === 2);
  await until('the mail', () => mails.length > 0);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({
    to: ['finance@acme.test'],
    subject: expect.stringContaining('reauthorise'),
  });
  expect(mails[0]?.text).toContain('http://console.test/reviews/');
  const row = await runtime.database.prisma.inboundEvent.findFirstOrThrow();
  expect(row.waitingFor).toBe('connection:gocardless');
  const store = storeFor(runtime.database, 'b1', { clock: runtime.clock });
  expect(await store.transaction((tx) => tx.events.wake('connection:gocardless'))).toBe(2);
  await until('their second runs', async () => {
    const rows = await runtime.database.prisma.inboundEvent.findMany();
    return rows.every(({ state, run }) => state === 'parked' && run === 1);
  });
});

test('metrics tell attempts and queue depth, and a stopped worker leaves none', async () => {
  const worker = await start({ flows: ['payment-to-freshbooks'] });
  await until(
    'a dispatch',
    async () => (await worker.queues.counts())['payment-to-freshbooks'].waiting === 0,
  );
  const text = await runtime.metrics.metrics();
  expect(text).toContain('mlc_queue_jobs{flow="payment-to-freshbooks",state="waiting",role="worker"} 0');
  await worker.stop();
  workers = [];
  expect(await runtime.metrics.metrics()).not.toContain('mlc_queue_jobs');
});

test('postings whose second look is due are looked at; one that cannot be looked at stays due', async () => {
  await runtime.database.prisma.posting.create({
    data: {
      key: 'k'.repeat(32),
      businessId: 'b1',
      kind: 'payment',
      invoiceId: '1',
      sourceProvider: 'gocardless',
      sourceId: 'PM1',
      cycle: 1,
      amountMinor: 100n,
      currency: 'GBP',
      date: '2026-11-01',
      note: 'mlc',
      state: 'posted',
      externalId: '7',
      recheckAt: new Date(0),
      eventId: '1',
    },
  });
  await start();
  await until('the look', () => logged.some(({ message }) => message === 'posting.recheck_failed'));
  expect((await runtime.database.prisma.posting.findFirstOrThrow()).recheckAt).not.toBeNull();
});

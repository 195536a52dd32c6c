import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { moveCursor, readCursor } from '@mlc/platform/poll/cursors';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { pollConnection } from './poll-connection.ts';
import { pollDue } from './poll-due.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness();
});
afterEach(() => business.stop());

const inbox = () => business.runtime.database.prisma.inboundEvent.findMany({ orderBy: { id: 'asc' } });
const audit = (action: string) =>
  business.runtime.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } });
const aPayer = () => business.sandbox.gocardless.scenarios.addPayer({ email: 'payer@client.test' });

test('cursors outlive a restart, and a window that failed is read again', async () => {
  await business.whileWebhooksAre('lost', aPayer);
  business.sandbox.gocardless.faults.add({ kind: 'status', status: 500, path: '/events', times: 'always' });
  const { database } = business.runtime;
  const cursor = () => readCursor(database.prisma, business.connectionIds.gocardless, 'events');
  const failed = await business.poll();
  expect(failed['gocardless']).toMatchObject({
    recovered: 0,
    failure: expect.stringContaining('listEvents'),
  });
  expect(failed['freshbooks']).toMatchObject({ failure: null });
  expect(await cursor()).toBeNull();
  business.sandbox.gocardless.faults.clear();
  expect((await business.poll('gocardless'))['gocardless']?.missing).toBeGreaterThan(0);
  const stands = await cursor();
  expect(stands?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  await moveCursor(database.prisma, business.connectionIds.gocardless, 'events', new Date(0));
  expect(await cursor()).toEqual(stands);
  const [, ofGocardless] = await audit('poll.finished');
  expect(ofGocardless?.details).toMatchObject({
    failure: expect.stringContaining('listEvents'),
    recovered: 0,
  });
});

test('an event that shows in the list late is still within the overlap', async () => {
  aPayer();
  await business.poll('gocardless');
  const { database } = business.runtime;
  // As if the list had not shown it: the inbox does not have it, the cursor stands behind it.
  await database.pool.query('DELETE FROM inbound_events WHERE id = (SELECT min(id) FROM inbound_events)');
  expect((await business.poll('gocardless'))['gocardless']).toMatchObject({ missing: 1, recovered: 0 });
});

test('one run per connection at a time; another waits for its turn or leaves it', async () => {
  const target = {
    connectionId: business.connectionIds.gocardless,
    businessId: business.businessId,
    provider: 'gocardless',
  };
  await business.whileWebhooksAre('lost', aPayer);
  business.sandbox.gocardless.faults.add({ kind: 'slow', path: '/events', delayMs: 300 });
  const [first, second] = await Promise.all([business.poll('gocardless'), business.poll('gocardless')]);
  expect([first['gocardless']?.missing, second['gocardless']?.missing]).toContain(0);
  expect((await inbox()).length).toBe(
    (first['gocardless']?.missing ?? 0) + (second['gocardless']?.missing ?? 0),
  );
  await business.polling.locks.withLock(`poll:${target.connectionId}`, async () => {
    await expect(pollConnection(business.polling, target, 0)).rejects.toThrow('another worker holds');
    expect(await pollDue(business.polling, 0)).toBe(1);
  });
});

test('the schedule polls what is due and nothing twice; revoked credentials are asked about', async () => {
  business.sandbox.gocardless.revokeToken(business.sandbox.gocardless.accessToken);
  expect(await pollDue(business.polling, 900_000)).toBe(2);
  expect(await pollDue(business.polling, 900_000)).toBe(0);
  const reviews = await business.runtime.database.prisma.review.findMany();
  expect(reviews).toMatchObject([{ kind: 'reauthorise', subjectId: business.connectionIds.gocardless }]);
  const stopping = new AbortController();
  stopping.abort();
  expect(await pollDue({ ...business.polling, stopping: stopping.signal }, 0)).toBe(0);
});

test('a process that stops ends its runs early and leaves the cursors where they were', async () => {
  await business.whileWebhooksAre('lost', aPayer);
  const stopping = new AbortController();
  stopping.abort();
  const { gocardless: connectionId } = business.connectionIds;
  const target = { connectionId, businessId: business.businessId, provider: 'gocardless' };
  const report = await pollConnection({ ...business.polling, stopping: stopping.signal }, target, 0);
  expect(report).toMatchObject({ missing: 0, failure: expect.stringContaining('stops') });
  expect(await readCursor(business.runtime.database.prisma, connectionId, 'events')).toBeNull();
  expect((await business.poll('gocardless'))['gocardless']?.missing).toBeGreaterThan(0);
});

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { InboundEvent } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { emptyTables, eventStates, storeEvents, TEST_FLOW } from '@mlc/testkit/flow-engine';
import { systemClock } from '../clock/system.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { returnToStored, takeStored } from '../queue/take.ts';
import type { QueuedEvent } from '../queue/job.ts';
import { eventStore, StaleRunError } from './events.ts';
import { storeFor } from '../store/store.ts';

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
beforeEach(() => emptyTables(database));

const MANY = { perConnection: 1_000, perConnectionWithRetries: 1_000 };

const events = () => eventStore(database.sql(), 'b1', systemClock);
const DONE = { state: 'done', reason: 'well', waitingFor: null, recheckAt: null } as const;

async function take(batch: number): Promise<readonly QueuedEvent[]> {
  const { taken: of } = await takeStored(database, [TEST_FLOW], { ...MANY, batch });
  return of.flatMap(({ events: own }) => own);
}

async function taken(count = 1): Promise<string[]> {
  await storeEvents(database, { count });
  return (await take(count)).map(({ eventId }) => eventId);
}

async function load(id: string | undefined): Promise<InboundEvent> {
  const event = await events().get(id ?? '');
  if (event === null) throw new Error(`no event ${String(id)}`);
  return event;
}

test('stored events are taken oldest first, each by one taker, and can go back', async () => {
  const ids = await storeEvents(database, { count: 40 });
  const first = await take(5);
  expect(first.map(({ eventId }) => eventId)).toEqual(ids.slice(0, 5));
  const others = await Promise.all(Array.from({ length: 8 }, () => take(40)));
  expect([...first, ...others.flat()].map(({ eventId }) => eventId).toSorted()).toEqual(ids.toSorted());
  await returnToStored(database, first);
  expect(await eventStates(database)).toEqual({ queued: 35, stored: 5 });
  expect(await take(40)).toEqual(first);
});

test('an event of another business is not to be seen or moved', async () => {
  const [id = ''] = await storeEvents(database, { businessId: 'b2' });
  expect(await events().get(id)).toBeNull();
  expect(await events().get('not a number')).toBeNull();
  expect(await events().rerun([id])).toBe(0);
});

test('a run ends once; a second end takes its whole transaction back', async () => {
  const [id = ''] = await taken();
  await events().finish(id, { ...DONE, run: 0 });
  const store = storeFor(database, 'b1', { clock: systemClock });
  const second = store.transaction(async (tx) => {
    await tx.clients.link('1', 'CU1', 'twice');
    await tx.events.finish(id, { ...DONE, run: 0 });
  });
  await expect(second).rejects.toThrow(StaleRunError);
  expect(await store.clients.linkOf('1')).toBeNull();
});

test('a run that was put back meanwhile cannot end the new one', async () => {
  const [id = ''] = await taken();
  await events().finish(id, DONE);
  expect(await events().rerun([id, id, 'x'])).toBe(1);
  await take(1);
  await expect(events().finish(id, { ...DONE, run: 0 })).rejects.toThrow(StaleRunError);
  await events().finish(id, { ...DONE, run: 1 });
});

test('parking keeps its first date, waking begins a new run, ending forgets it', async () => {
  const [id = ''] = await taken();
  const park = { state: 'parked', reason: 'waits', waitingFor: 'mandate:1', recheckAt: new Date() } as const;
  await events().finish(id, park);
  const first = await database.prisma.inboundEvent.findFirstOrThrow();
  expect(await events().wake('mandate:2')).toBe(0);
  expect(await events().wake('mandate:1')).toBe(1);
  await take(1);
  await events().finish(id, park);
  const second = await database.prisma.inboundEvent.findFirstOrThrow();
  expect(second).toMatchObject({ run: 1, parkedSince: first.parkedSince, waitingFor: 'mandate:1' });
  await events().wake('mandate:1');
  await take(1);
  await events().finish(id, DONE);
  expect(await database.prisma.inboundEvent.findFirst()).toMatchObject({
    parkedSince: null,
    waitingFor: null,
  });
});

test('coalescing covers waiting events on the same object of the same kind only', async () => {
  const same = { resourceId: () => '12' };
  const [invoice] = await storeEvents(database, { ...same, type: 'invoice.create' });
  const [update] = await storeEvents(database, { ...same, type: 'invoice.update' });
  const [client] = await storeEvents(database, { ...same, type: 'client.update' });
  const [other] = await storeEvents(database, { ...same, type: 'invoice.update', flow: null });
  await take(10);
  const waiting = await events().waitingOn(await load(update));
  expect(waiting).toEqual([{ eventId: invoice, run: 0, type: 'invoice.create' }]);
  expect(await events().cover(await load(update), waiting)).toEqual([invoice]);
  expect((await load(client)).state).toBe('queued');
  expect((await load(other)).state).toBe('stored');
  // Its own run was under way: what it did is still recorded.
  await events().finish(invoice ?? '', { ...DONE, run: 0 });
  expect((await load(invoice)).state).toBe('done');
});

test('an event without an object covers nothing', async () => {
  const [first] = await storeEvents(database, { count: 2, resourceId: () => '' });
  expect(await events().waitingOn(await load(first))).toEqual([]);
});

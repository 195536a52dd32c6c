import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { storeEvents } from '@mlc/testkit/flow-engine';
import { systemClock } from '../clock/system.ts';
import { eventStore } from '../inbox/events.ts';
import { openInbox } from '../inbox/inbox.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { foldTallies } from './dispatch.ts';
import { returnToStored, takeFlowless } from './take.ts';
import { statusOf } from './status.ts';

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

const away = { counts: () => Promise.reject(new Error('no queue here')) };

async function told(businessId?: string) {
  const { events, parked } = await statusOf(database, away, { businessId });
  return { ...events, parked };
}

/** The same, row by row. */
async function counted(businessId?: string) {
  const rows = await database.prisma.inboundEvent.findMany({
    where: businessId === undefined ? {} : { businessId },
  });
  const of = (...states: string[]) => rows.filter(({ state }) => states.includes(state)).length;
  return {
    stored: rows.length,
    processed: of('done', 'skipped'),
    pending: of('stored', 'queued'),
    parked: of('parked'),
  };
}

async function expectTrue(): Promise<void> {
  for (const business of [undefined, 'b1', 'b2', 'nobody'])
    expect(await told(business)).toEqual(await counted(business));
}

/** As the ingress does it; what it was told before is stored once. */
async function storeByTheDoor(count: number): Promise<void> {
  const inbox = openInbox(testDatabase.url);
  const events = Array.from({ length: count }, (_, index) => ({
    ...{
      type: 'payments.confirmed',
      externalEventId: `DOOR${index}`,
      resourceId: `D${index}`,
      payload: '{}',
    },
    flow: null,
  }));
  const from = { businessId: 'b1', connectionId: 'c1', provider: 'gocardless', correlationId: 'door' };
  await inbox.store({ ...from, unreadableFlow: 'payment-to-freshbooks', events });
  await inbox.close();
}

const END = { reason: 'test', waitingFor: null, recheckAt: null } as const;

test('the numbers of events are those of the rows, whatever becomes of these, folded or not', async () => {
  const events = eventStore(database.sql(), 'b1', systemClock);
  await storeEvents(database, { count: 9, flow: null });
  await storeEvents(database, { count: 4, flow: null, businessId: 'b2', connectionId: 'c2' });
  await storeByTheDoor(3);
  await storeByTheDoor(2);
  await expectTrue();
  const taken = await takeFlowless(database, 12);
  await expectTrue();
  await returnToStored(database, taken.slice(0, 2));
  await Promise.all([foldTallies(database), foldTallies(database)]);
  await expectTrue();
  const ids = taken.slice(2).map(({ eventId }) => eventId);
  await events.finish(ids[0] ?? '', { ...END, state: 'done' });
  await events.finish(ids[1] ?? '', { ...END, state: 'skipped', because: 'not-followed' });
  await events.finish(ids[2] ?? '', { ...END, state: 'parked', waitingFor: 'mandate:1' });
  await expectTrue();
  await events.wake('mandate:1');
  await events.rerun([ids[0] ?? '']);
  await expectTrue();
  await foldTallies(database);
  expect(await database.prisma.eventTally.count()).toBe(2);
  await database.pool.query(`DELETE FROM inbound_events WHERE state IN ('skipped', 'queued')`);
  await expectTrue();
  // What rolls back was never there.
  const undone = database.transaction(async (tx) => {
    await tx.inboundEvent.deleteMany();
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await expectTrue();
  await database.pool.query('TRUNCATE inbound_events');
  await expectTrue();
});

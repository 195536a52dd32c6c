import { afterAll, beforeAll } from '@jest/globals';
import type { ChainedEntry, InboundEvent } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type StoreSubject, storeSuite, type TestClock } from '@mlc/testkit/suites/store-suite';
import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '../postgres/database.ts';
import { inboundEventOf } from '../inbox/events.ts';
import { resolveReview } from '../answers/resolve-review.ts';
import { storeFor } from './store.ts';
import { listAudit } from '../views/audit.ts';

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

async function queueEvent(businessId: string, type: string, resourceId: string): Promise<InboundEvent> {
  const row = await database.prisma.inboundEvent.create({
    data: {
      businessId,
      connectionId: `connection of ${businessId}`,
      provider: 'freshbooks',
      type,
      externalEventId: randomUUID(),
      resourceId,
      payload: '',
      correlationId: randomUUID(),
      state: 'queued',
    },
  });
  return inboundEventOf(row);
}

async function auditEntries(businessId: string): Promise<ChainedEntry[]> {
  const entries: ChainedEntry[] = [];
  for await (const entry of listAudit(database, { businessId }))
    entries.push({ ...entry, businessId, at: new Date(entry.at) });
  return entries;
}

function makeStore(clock: TestClock): Promise<StoreSubject> {
  const businessId = randomUUID();
  return Promise.resolve({
    store: storeFor(database, businessId, { clock }),
    businessId,
    queueEvent: ({ type, resourceId }) => queueEvent(businessId, type, resourceId),
    optOut: async (kind, id, why) => {
      await database.prisma.optOut.create({ data: { businessId, kind, id, why, by: 'mira' } });
    },
    closeMonth: async (month) => {
      await database.prisma.closedPeriod.create({
        data: { businessId, month, sha256: '', closedBy: 'mira' },
      });
    },
    answer: (reviewId, answer) => resolveReview(database, clock, { reviewId, businessId, ...answer }),
    auditEntries: () => auditEntries(businessId),
  });
}

storeSuite('the store on Postgres', makeStore);

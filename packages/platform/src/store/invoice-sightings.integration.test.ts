import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Books, Invoice } from '@mlc/core';
import { createTestDatabase, silentLog, type TestDatabase } from '@mlc/testkit';
import { testClock } from '@mlc/testkit/suites/store/subject';
import { type Database, openDatabase } from '../postgres/database.ts';
import { invoiceSightings } from './invoice-sightings.ts';

let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 2);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const shown = (outstanding: bigint): Invoice => ({
  id: '1',
  number: '0000001',
  clientId: '7',
  clientName: 'Northwind',
  amount: gbp(10_000n),
  outstanding: gbp(outstanding),
  createdDate: '2026-10-01',
  dueDate: '2026-10-14',
  standing: outstanding === 0n ? 'paid' : 'open',
  visibility: 'active',
  autoBill: false,
  gatewayOrderPending: false,
});

test('every invoice that is fetched is kept; an older look never replaces a newer one', async () => {
  const sightings = invoiceSightings({ database, clock, log: silentLog });
  let now = shown(10_000n);
  const books = sightings.watch('b1', {
    accountId: 'A1',
    getInvoice: () => Promise.resolve(now),
    getClient: () => Promise.resolve(null),
  } as unknown as Books);
  expect(books.accountId).toBe('A1');
  expect(await books.getClient('7')).toBeNull();
  await books.getInvoice('1');
  await sightings.close();
  const row = () => database.prisma.invoice.findFirst();
  expect(await row()).toMatchObject({
    number: '0000001',
    clientName: 'Northwind',
    outstandingMinor: 10_000n,
    due: '2026-10-14',
  });

  clock.advance(60_000);
  now = shown(0n);
  await books.getInvoice('1');
  await sightings.close();
  expect(await row()).toMatchObject({
    state: 'paid-elsewhere',
    outstandingMinor: 0n,
    touchedAt: clock.now(),
  });

  clock.advance(-30_000);
  now = shown(10_000n);
  await books.getInvoice('1');
  await sightings.close();
  expect(await row()).toMatchObject({ outstandingMinor: 0n });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, inTransactions, type TestDatabase } from '@mlc/testkit';
import { anEntry } from '@mlc/testkit/suites/store/ledger';
import { testClock } from '@mlc/testkit/suites/store/subject';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from './store.ts';

let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test.each([
  ['changed', 'UPDATE ledger_entries SET amount_minor = 1'],
  ['removed', 'DELETE FROM ledger_entries'],
  ['emptied', 'TRUNCATE ledger_entries'],
])('the ledger cannot be %s, whoever tries', async (_how, statement) => {
  const { ledger } = inTransactions(storeFor(database, 'acme', { clock }));
  await ledger.record([anEntry()]);
  await expect(database.pool.query(statement)).rejects.toThrow('append-only');
  expect(await ledger.ofSource(anEntry().source)).toEqual([anEntry()]);
});

test('keys, payments and payouts of two businesses do not meet', async () => {
  const acme = storeFor(database, 'acme', { clock });
  const bolt = storeFor(database, 'bolt', { clock });
  await acme.transaction((tx) => tx.ledger.record([anEntry()]));
  expect(await bolt.ledger.ofSource(anEntry().source)).toEqual([]);
  expect(await bolt.transaction((tx) => tx.ledger.record([anEntry()]))).toEqual([anEntry().key]);
  expect(await bolt.ledger.ofPayments('gocardless', ['PM1'])).toHaveLength(1);
});

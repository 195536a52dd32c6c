import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConnectorError } from '@mlc/core';
import { FLOWS, recheck } from '@mlc/flows';
import type { InJob } from '@mlc/platform';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { storeFor } from '@mlc/platform/store/store';
import { createTestDatabase, FlowWorld, type TestDatabase } from '@mlc/testkit';
import { type LoggedLine, recordingLog } from '@mlc/testkit/flow-engine';
import { anIntent } from '@mlc/testkit/suites/store/subject';
import { recheckPostings } from './rechecks.ts';

const BUSINESS = 'b1';
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const source = { provider: 'gocardless', id: 'PO1' };
const fee = anIntent({ key: 'f'.repeat(32), kind: 'fee', invoiceId: null, source, amount: gbp(250n) });
const journal = anIntent({
  key: 'j'.repeat(32),
  kind: 'journal',
  invoiceId: null,
  source,
  amount: gbp(9_750n),
});

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 4);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** The books hold the fee and the entry of a payout twice. */
function doubledBooks(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  const { amount, date } = fee;
  const expense = { amount, date, vendor: 'GoCardless', notes: `fees · mlc:${fee.key}`, deleted: false };
  for (const id of ['e1', 'e2']) world.books.expenses.push({ ...expense, id });
  const entry = { number: 'MLC-PO1', name: 'payout', description: '', date, lines: [] };
  for (const id of ['u1', 'u2']) world.books.journal.push({ ...entry, id });
  return world;
}

test('fees and journal entries are looked at once more; a look that dies midway is repeated, and asks once', async () => {
  const world = doubledBooks();
  const { clock } = world;
  const store = storeFor(database, BUSINESS, { clock });
  for (const [intent, externalId] of [
    [fee, 'e1'],
    [journal, 'u1'],
  ] as const) {
    await store.transaction((tx) => tx.postings.insertIntent(intent));
    await store.transaction((tx) =>
      tx.postings.update(intent.key, { state: 'posted', externalId, recheckAt: clock.now() }),
    );
  }
  const operation = 'deleteExpense';
  const cut = new ConnectorError({
    kind: 'outcome-unknown',
    provider: 'freshbooks',
    operation,
    message: 'cut',
  });
  world.books.faults.fail(operation, 'after', cut);
  const logged: LoggedLine[] = [];
  const inJob: InJob = (_businessId, work) => work({ ...world.context(), store });
  const rechecks = { database, clock, log: recordingLog(logged), inJob, recheck };
  expect(await recheckPostings(rechecks)).toBe(1);
  expect(logged.map(({ message }) => message)).toEqual(['posting.recheck_failed']);
  expect(await store.postings.byKey(fee.key)).toMatchObject({ recheckAt: clock.now() });
  expect(await recheckPostings(rechecks)).toBe(1);
  expect(await recheckPostings(rechecks)).toBe(0);
  expect(world.books.expenses.map(({ id, deleted }) => [id, deleted])).toEqual([
    ['e1', false],
    ['e2', true],
  ]);
  expect(await store.reviews.openOn({ provider: 'gocardless', type: 'payout', id: 'PO1' })).toMatchObject([
    {
      kind: 'amount_mismatch',
      reasons: [
        expect.stringMatching(/expense of GBP 2\.50 twice: e1 stays, e2 is taken back\.$/),
        expect.stringMatching(/journal entry MLC-PO1 of GBP 97\.50 twice: u1 stays, u2 stands beside it/),
      ],
    },
  ]);
  for (const { key } of [fee, journal])
    expect(await store.postings.byKey(key)).toMatchObject({ state: 'posted', recheckAt: null });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, inTransactions, type TestDatabase } from '@mlc/testkit';
import { aCollection, anIntent, aQuestion, testClock } from '@mlc/testkit/suites/store/subject';
import { readRows } from '../postgres/cursor.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from '../store/store.ts';
import { listCollections } from './collections.ts';
import { listEvents } from './events.ts';
import { listPostings } from './postings.ts';
import { listReviews } from './reviews.ts';

let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // One connection: a list that kept it would make the next statement wait for ever.
  database = openDatabase(testDatabase.url, 1);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

function store(businessId: string) {
  return storeFor(database, businessId, { clock });
}

test('collections are listed as the contract says, oldest first', async () => {
  const paid = { paymentId: 'PM1', amount: { minor: 1999n, currency: 'GBP' } };
  await store('acme').transaction((tx) => tx.collections.insert(aCollection({ invoiceId: '9', ...paid })));
  await store('acme').transaction((tx) =>
    tx.collections.insert(aCollection({ invoiceId: '10', chargeDate: null, amount: paid.amount })),
  );
  clock.advance(1_000);
  await store('bolt').transaction((tx) => tx.collections.insert(aCollection({ invoiceId: '1' })));
  const [, second, third] = await all(listCollections(database));
  // Those of one moment by invoice, as text: 10 before 9.
  expect(second).toEqual({
    invoiceId: '9',
    invoiceNumber: 'INV-9',
    paymentId: 'PM1',
    mandateId: 'MD1',
    amountMinor: 1999,
    currency: 'GBP',
    chargeDate: '2026-11-05',
    state: 'planned',
    attempt: 1,
  });
  expect(third?.invoiceId).toBe('1');
  const ofAcme = await all(listCollections(database, { businessId: 'acme' }));
  expect(ofAcme.map(({ invoiceId, chargeDate }) => [invoiceId, chargeDate])).toEqual([
    ['10', null],
    ['9', '2026-11-05'],
  ]);
  expect(await all(listCollections(database, { businessId: 'nobody' }))).toEqual([]);
});

test('postings are listed as the contract says', async () => {
  const { postings } = inTransactions(store('acme'));
  await postings.insertIntent(anIntent({ key: 'b', kind: 'reversal', reversesKey: 'c' }));
  await postings.insertIntent(anIntent({ key: 'c' }));
  await postings.update('c', { state: 'posted', externalId: '555' });
  await store('bolt').transaction((tx) => tx.postings.insertIntent(anIntent({ key: 'a' })));
  const [first, second] = await all(listPostings(database, { businessId: 'acme' }));
  expect(first).toEqual({
    key: 'c',
    kind: 'payment',
    invoiceId: '101',
    source: { provider: 'gocardless', id: 'PM1' },
    amountMinor: 1999,
    currency: 'GBP',
    date: '2026-11-05',
    state: 'posted',
    externalId: '555',
  });
  expect(second).toMatchObject({ key: 'b', kind: 'reversal', state: 'intent', externalId: null });
  expect(await all(listPostings(database))).toHaveLength(3);
});

test('reviews are listed as the contract says, by business and state', async () => {
  const { reviews } = inTransactions(store('acme'));
  const opened = await reviews.open(aQuestion());
  await reviews.open(aQuestion({ kind: 'refund', amount: null }));
  await reviews.settle(['refund'], aQuestion().subject, 'gone');
  await store('bolt').transaction((tx) => tx.reviews.open(aQuestion()));
  const [open] = await all(listReviews(database, { businessId: 'acme', state: 'open' }));
  expect(JSON.stringify(open)).toBe(
    JSON.stringify({
      id: opened.id,
      kind: 'no_mandate',
      state: 'open',
      subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
      amountMinor: 1999,
      currency: 'GBP',
      reasons: ['Ada has no mandate', 'ask her for one'],
      candidates: [{ invoiceId: '102', invoiceNumber: 'INV-102', score: 80, why: 'same amount' }],
      openedAt: clock.now().toISOString(),
    }),
  );
  const [resolved] = await all(listReviews(database, { state: 'resolved' }));
  expect(resolved).toMatchObject({ kind: 'refund', amountMinor: null, currency: null });
  expect(await all(listReviews(database, { businessId: 'acme' }))).toHaveLength(2);
  expect(await all(listReviews(database))).toHaveLength(3);
});

describe('long lists', () => {
  beforeAll(async () => {
    await database.pool.query(
      `INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
         correlation_id, received_at)
       SELECT CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'bolt' END, 'connection', 'gocardless', 'payments.confirmed', 'EV' || n, 'PM1', '', '',
         '2026-11-01T09:00:00.001Z' FROM generate_series(1, 2500) AS n`,
    );
  });

  test('are read page by page, in the order the events came', async () => {
    const events = await all(listEvents(database));
    expect(events.map(({ externalEventId }) => externalEventId)).toEqual(
      Array.from({ length: 2_500 }, (_, index) => `EV${String(index + 1)}`),
    );
    expect(events[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      provider: 'gocardless',
      type: 'payments.confirmed',
      externalEventId: 'EV1',
      receivedAt: '2026-11-01T09:00:00.001Z',
      state: 'stored',
    });
    expect(await all(listEvents(database, { businessId: 'acme' }))).toHaveLength(1_250);
  });

  test('may be left early: the connection goes back', async () => {
    for await (const { externalEventId } of listEvents(database)) if (externalEventId === 'EV3') break;
    expect(await all(listEvents(database, { businessId: 'nobody' }))).toEqual([]);
  });

  test('a query that fails says so and gives the connection back', async () => {
    await expect(all(readRows(database, { text: 'SELECT 1 / 0', values: [] }))).rejects.toThrow(
      /division by zero/,
    );
    expect(await all(listEvents(database, { businessId: 'nobody' }))).toEqual([]);
  });

  test('stay as they were when the reading began', async () => {
    const second = openDatabase(testDatabase.url, 1);
    let count = 0;
    for await (const _event of listEvents(database)) {
      if (count === 0) await second.pool.query('DELETE FROM inbound_events');
      count += 1;
    }
    await second.close();
    expect(count).toBe(2_500);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, inTransactions, type TestDatabase } from '@mlc/testkit';
import { aQuestion, testClock } from '@mlc/testkit/suites/store/subject';
import { verifyAudit } from '../audit/verify.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { resolveReview } from '../answers/resolve-review.ts';
import { markMailed, takeUnmailed } from '../answers/review-mail.ts';
import { storeFor } from './store.ts';

let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();
const ANSWER = { action: 'done', note: 'seen', by: 'mira' } as const;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

beforeEach(() => database.pool.query('TRUNCATE reviews'));

function open(businessId: string, id: string) {
  clock.advance(1_000);
  const subject = { provider: 'freshbooks', type: 'invoice', id };
  return storeFor(database, businessId, { clock }).transaction((tx) =>
    tx.reviews.open(aQuestion({ subject })),
  );
}

test('a mail goes out once for each open review, the oldest first', async () => {
  const opened = [await open('acme', '1'), await open('bolt', '2'), await open('acme', '3')];
  await resolveReview(database, clock, { reviewId: opened[1]?.id ?? '', ...ANSWER });
  const [first, last] = await takeUnmailed(database, 10);
  expect(first).toEqual({ businessId: 'acme', review: opened[0] });
  expect(last?.review.id).toBe(opened[2]?.id);
  expect(await takeUnmailed(database, 1)).toEqual([first]);
  await markMailed(database, [opened[0]?.id ?? ''], clock.now());
  expect((await takeUnmailed(database, 10)).map(({ review }) => review.id)).toEqual([opened[2]?.id]);
});

test('a refreshed review is not mailed again', async () => {
  const { id } = await open('acme', '1');
  await markMailed(database, [id], clock.now());
  await open('acme', '1');
  expect(await takeUnmailed(database, 10)).toEqual([]);
});

test('a review of another business is not found', async () => {
  const { id } = await open('acme', '1');
  const foreign = resolveReview(database, clock, { reviewId: id, businessId: 'bolt', ...ANSWER });
  await expect(foreign).rejects.toMatchObject({ name: 'ReviewRefusedError', why: 'not-found' });
  const closed = await resolveReview(database, clock, { reviewId: id, ...ANSWER });
  expect(closed).toMatchObject({ id, state: 'resolved', resolution: { by: 'mira', note: 'seen' } });
  const again = resolveReview(database, clock, { reviewId: id, ...ANSWER });
  await expect(again).rejects.toMatchObject({ name: 'ReviewRefusedError', why: 'refused' });
});

test('answers and settling from all sides leave a whole chain and each review closed once', async () => {
  const { reviews } = inTransactions(storeFor(database, 'chain', { clock }));
  const opened = await Promise.all(['1', '2', '3', '4', '5', '6'].map((id) => open('chain', id)));
  await Promise.allSettled(
    opened.flatMap(({ id, subject }) => [
      resolveReview(database, clock, { reviewId: id, ...ANSWER }),
      reviews.settle(['no_mandate'], subject, 'gone'),
      resolveReview(database, clock, { reviewId: id, ...ANSWER, action: 'ignore' }),
    ]),
  );
  expect(await reviews.openOfKind('no_mandate')).toEqual([]);
  expect(await verifyAudit(database, 'chain')).toEqual({ ok: true, entries: 12 });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from './database.ts';

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

test('a transaction that throws leaves nothing behind', async () => {
  const work = database.transaction(async (tx) => {
    await tx.auditHead.create({ data: { businessId: 'b1', seq: 1n, hash: 'x' } });
    throw new Error('on purpose');
  });
  await expect(work).rejects.toThrow('on purpose');
  expect(await database.prisma.auditHead.count()).toBe(0);
});

test('a connection cut by the server does not end the process', async () => {
  await database.pool.query('SELECT 1');
  await database.pool.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  const { rows } = await database.pool.query<{ one: number }>('SELECT 1 AS one');
  expect(rows[0]?.one).toBe(1);
});

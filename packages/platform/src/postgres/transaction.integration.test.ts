import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from './database.ts';
import { type Sql, sqlOn } from './sql.ts';
import { transactionOn } from './transaction.ts';

const INSERT = 'INSERT INTO audit_heads (business_id, seq, hash) VALUES ($1, $2, $3)';
const READ = 'SELECT seq, hash FROM audit_heads WHERE business_id = $1';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 1);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const written = async (id: string): Promise<boolean> => (await database.sql.rows(READ, [id])).length === 1;

test('it stands as a whole, and what goes along with BEGIN answers in it', async () => {
  const answer = await database.inTransaction(async (sql, opened) => {
    await sql.count(INSERT, ['whole', 1n, 'x']);
    return opened;
  }, 'SELECT 7 AS seven');
  expect(answer).toEqual([{ seven: 7 }]);
  expect(await written('whole')).toBe(true);
});

test('what throws leaves nothing, and the connection serves the next one', async () => {
  const failing = database.inTransaction(async (sql) => {
    await sql.count(INSERT, ['thrown', 1n, 'x']);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(await written('thrown')).toBe(false);
  await database.inTransaction((sql) => sql.count(INSERT, ['thrown', 1n, 'x']));
  expect(await written('thrown')).toBe(true);
});

test('a statement that failed is told even when its error was caught', async () => {
  const spoiled = database.inTransaction(async (sql) => {
    await sql.count(INSERT, ['spoiled', 1n, 'x']);
    await sql.count(INSERT, ['spoiled', 1n, 'x']).catch(() => undefined);
  });
  await expect(spoiled).rejects.toThrow('nothing of it is written');
  expect(await written('spoiled')).toBe(false);
});

test('one that takes too long is taken back, and its connection is not used again', async () => {
  const { pool } = database;
  const slow = transactionOn(
    pool,
    async (sql) => {
      await sql.count(INSERT, ['slow', 1n, 'x']);
      await sql.rows('SELECT pg_sleep(30)::text AS slept', []);
    },
    { timeoutMs: 50 },
  );
  await expect(slow).rejects.toThrow();
  expect(await written('slow')).toBe(false);
});

test('a connection that breaks is told, and the next transaction has another one', async () => {
  const cut = database.inTransaction(async (sql) => {
    await sql.rows('SELECT pg_terminate_backend(pg_backend_pid())', []);
  });
  await expect(cut).rejects.toThrow();
  await database.inTransaction((sql) => sql.count(INSERT, ['after', 1n, 'x']));
  expect(await written('after')).toBe(true);
});

test('the same statements read the same through pg and within a transaction of Prisma', async () => {
  const at = new Date('2026-11-30T23:59:59.123Z');
  const text = `SELECT $1::bigint AS big, $2::timestamptz AS at, $3::jsonb AS json, $4::text[] AS list, $5::text AS none,
    $6::boolean AS yes, $7::int AS small`;
  const values = [9_007_199_254_740_993n, at, '{"a":[1]}', ['x', null, '"'], null, true, 3];
  const read = async (sql: Sql) => {
    const [row] = await sql.rows<{ readonly big: string | bigint }>(text, values);
    return { ...row, big: BigInt(row?.big ?? 0) };
  };
  const expected = {
    ...{ big: 9_007_199_254_740_993n, at, json: { a: [1] }, list: ['x', null, '"'] },
    ...{ none: null, yes: true, small: 3 },
  };
  expect(await database.inTransaction(read)).toEqual(expected);
  expect(await database.transaction((tx) => read(sqlOn(tx)))).toEqual(expected);
});

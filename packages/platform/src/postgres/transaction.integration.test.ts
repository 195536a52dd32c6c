import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { countStatements } from '@mlc/testkit/counted-statements';
import { type Database, openDatabase } from './database.ts';
import { type Sql, sqlOn } from './sql.ts';
import { requiring } from './refusals.ts';
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

const written = async (id: string): Promise<boolean> => (await database.sql().rows(READ, [id])).length === 1;

test('it stands as a whole', async () => {
  await database.inTransaction((sql) => sql.count(INSERT, ['whole', 1n, 'x']));
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

test('what nobody waits for goes out with the next, COMMIT with the last, and it stands only when all succeeded', async () => {
  const counted = countStatements();
  await database.inTransaction(async (sql) => {
    await sql.tell(INSERT, ['told', 1n, 'x']);
    await Promise.all([sql.rows(READ, ['told']), sql.rows(READ, ['whole'])]);
    await sql.tell(INSERT, ['told last', 1n, 'x']);
  });
  counted.stop();
  expect(counted.sent).toHaveLength(6);
  expect(counted.roundTrips).toBe(2);
  expect(await written('told last')).toBe(true);
  const failing = database.inTransaction(async (sql) => {
    await sql.tell(INSERT, ['told', 1n, 'x']);
    await sql.count(INSERT, ['after a failure', 1n, 'x']).catch(() => undefined);
  });
  await expect(failing).rejects.toThrow(/duplicate key/);
  expect(await written('after a failure')).toBe(false);
});

test('a change that needs a row takes everything back when there is none', async () => {
  const update = requiring('UPDATE audit_heads SET seq = 2 WHERE business_id = $1');
  const refusing = async (sql: Sql): Promise<void> => {
    await sql.tell(INSERT, ['refused', 1n, 'x']);
    await sql.tell(update, ['nobody'], () => new Error('nobody is there'));
  };
  await expect(database.inTransaction(refusing)).rejects.toThrow('nobody is there');
  await expect(database.transaction((tx) => refusing(sqlOn(tx)))).rejects.toThrow('nobody is there');
  expect(await written('refused')).toBe(false);
});

test('a statement that failed when it was prepared may be tried again on the same connection', async () => {
  const divide = (by: number) => database.sql().rows('SELECT 1 / $1::int AS result', [by]);
  const failing = database.inTransaction((sql) => sql.rows('SELECT 1 / $1::int AS result', [0]));
  await expect(failing).rejects.toThrow(/division by zero/);
  expect(await divide(1)).toEqual([{ result: 1 }]);
  expect(await divide(1)).toEqual([{ result: 1 }]);
});

test("nothing is asked of a connection that is somebody else's by then", async () => {
  let kept: Sql | undefined;
  await database.inTransaction((sql) => {
    kept = sql;
    return Promise.resolve();
  });
  await expect(kept?.rows(READ, ['whole'])).rejects.toThrow('the transaction is over');
});

test('one that takes too long is taken back, and its connection is not used again', async () => {
  const { pool } = database;
  const slow = transactionOn(
    pool,
    async (sql) => {
      await sql.count(INSERT, ['slow', 1n, 'x']);
      await sql.rows('SELECT pg_sleep(30)::text AS slept', []);
    },
    50,
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

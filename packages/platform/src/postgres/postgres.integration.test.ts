import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import pg from 'pg';
import { type Database, openDatabase } from './database.ts';
import { newClient, newPool } from './postgres.ts';

const AT = new Date('2026-01-15T10:00:00.123Z');

let database: TestDatabase;
let opened: Database;

/** As a server is that was set up on a machine in Sydney by somebody who likes other dates. */
beforeAll(async () => {
  database = await createTestDatabase();
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const name = new URL(database.url).pathname.slice(1);
  await admin.query(`ALTER DATABASE ${name} SET timezone = 'Australia/Sydney'`);
  await admin.query(`ALTER DATABASE ${name} SET datestyle = 'SQL, DMY'`);
  await admin.end();
  opened = openDatabase(database.url, 3);
});

afterAll(async () => {
  await opened.close();
  await database.drop();
});

const zoneOf = async (queryable: { query(sql: string): Promise<{ rows: unknown[] }> }) =>
  (await queryable.query(`SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS dates`))
    .rows[0];
const UTC = { zone: 'UTC', dates: 'ISO, MDY' };

test('every connection of a pool is in UTC before its first statement, also those opened side by side', async () => {
  const pool = newPool(database.url, { max: 3 });
  expect(await Promise.all([zoneOf(pool), zoneOf(pool), zoneOf(pool)])).toEqual([UTC, UTC, UTC]);
  const client = await pool.connect();
  expect(await zoneOf(client)).toEqual(UTC);
  client.release();
  await pool.end();
});

test('so is a single connection', async () => {
  const client = newClient(database.url);
  await client.connect();
  expect(await zoneOf(client)).toEqual(UTC);
  await client.end();
});

test('Prisma writes and reads the moment it was given, inside and outside a transaction', async () => {
  const columns = { slug: 'acme', displayName: 'Acme', timezone: 'UTC', policy: {} };
  await opened.prisma.business.create({ data: { id: 'b1', ...columns, createdAt: AT } });
  await opened.transaction((tx) => tx.$executeRaw`UPDATE businesses SET updated_at = ${AT} WHERE id = 'b1'`);
  const { rows } = await opened.pool.query(`SELECT created_at, updated_at FROM businesses WHERE id = 'b1'`);
  expect(rows).toEqual([{ created_at: AT, updated_at: AT }]);
  await opened.pool.query(`UPDATE businesses SET created_at = '2026-01-15T10:00:00.123Z'`);
  expect(await opened.prisma.business.findFirst({ select: { createdAt: true, updatedAt: true } })).toEqual({
    createdAt: AT,
    updatedAt: AT,
  });
});

test("what Prisma stamps itself is Postgres' now", async () => {
  const columns = { slug: 'bolt', displayName: 'Bolt', timezone: 'UTC', policy: {} };
  await opened.prisma.business.create({ data: { id: 'b2', ...columns } });
  const { rows } = await opened.pool.query<{ age: number }>(
    `SELECT abs(extract(epoch FROM clock_timestamp() - created_at))::float8 AS age FROM businesses WHERE id = 'b2'`,
  );
  expect(rows[0]?.age).toBeLessThan(60);
});

test('a server that cannot be reached or refuses is told once, and ends nothing else', async () => {
  const nobody = newPool('postgres://127.0.0.1:1/nothing', { connectionTimeoutMillis: 5_000 });
  await expect(nobody.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  await nobody.end();
  const refused = newPool(database.url.replace(/\/\w+$/, '/no_such_database'));
  await expect(refused.query('SELECT 1')).rejects.toThrow(/does not exist/);
  await refused.end();
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import pg from 'pg';
import { migrate } from './migrate.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await client.end();
});

afterAll(() => database.drop());

test('five processes migrating at once apply every migration exactly once', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
  const winners = applied.filter((names) => names.length > 0);
  expect(winners).toHaveLength(1);
  expect(winners[0]?.[0]).toMatch(/initial$/);
  expect(await migrate(database.url)).toEqual([]);
});

import { randomBytes } from 'node:crypto';
import type { TestDatabase } from '@mlc/testkit';
import pg from 'pg';

/** A database without any schema, for tests that migrate it themselves; `createTestDatabase` gives a migrated one. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['MLC_TEST_POSTGRES_URL'] ?? '';
  const name = `mlc_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  return {
    url: serverUrl.replace(/\/postgres$/, `/${name}`),
    drop: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import pg from 'pg';

/** A migrated database whose sessions are in this IANA zone unless they say otherwise, as on a server set up there. */
export async function createZonedDatabase(zone: string): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET timezone = '${zone}'`);
  } finally {
    await client.end();
  }
  return database;
}

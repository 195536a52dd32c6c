import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A migrated, empty database of its own, cloned from the run's template. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Creates one; call `drop` in afterAll. Needs Jest's global set-up. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['MLC_TEST_POSTGRES_URL'];
  if (serverUrl === undefined)
    throw new Error('MLC_TEST_POSTGRES_URL is not set: run the tests through npm test');
  const name = `mlc_test_${randomBytes(6).toString('hex')}`;
  await cloneTemplate(serverUrl, name);
  return {
    url: serverUrl.replace(/\/postgres$/, `/${name}`),
    drop: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/**
 * Two workers may clone at once, and Postgres refuses a template that somebody else is cloning: they queue up. Files are
 * copied, which costs less than half of writing each page of the template to the log.
 */
async function cloneTemplate(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(`CREATE DATABASE ${name} TEMPLATE mlc_template STRATEGY file_copy`);
  } finally {
    await client.end();
  }
}

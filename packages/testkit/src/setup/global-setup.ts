import { migrate } from '@mlc/platform/postgres/migrate';
import pg from 'pg';
import { startTestPostgres } from './postgres-server.ts';

/** The migrated database that every test database is cloned from. */
export const TEMPLATE = 'mlc_template';

/** Jest's global set-up: one Postgres server for the run, one migrated template in it. */
export default async function globalSetup(): Promise<void> {
  const server = await startTestPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await migrate(server.url.replace(/\/postgres$/, `/${TEMPLATE}`));
  process.env['MLC_TEST_POSTGRES_URL'] = server.url;
  Object.assign(globalThis, { mlcTestPostgres: server });
}

import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { migrate } from '@mlc/platform/postgres/migrate';
import { openVault } from '@mlc/platform/vault/vault';
import { CONNECTION_ID, SECRET } from './bodies.ts';

/** Known to the bench and to the server it measures. */
export const VAULT_KEY = { id: 'bench', key: Buffer.alloc(32, 7) };

/** A migrated database with one business, whose GoCardless connection has the bench's secret. */
export async function prepareDatabase(url: string): Promise<Database> {
  await migrate(url);
  const database = openDatabase(url);
  const { rows } = await database.pool.query<{ fsync: string; synchronous_commit: string }>(
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit`,
  );
  if (rows[0]?.fsync !== 'on' || rows[0].synchronous_commit !== 'on')
    throw new Error('this Postgres does not sync its commits: the comparison would be worth nothing');
  await database.prisma.business.create({
    data: { id: 'bench', slug: 'bench', displayName: 'Bench', timezone: 'UTC', policy: {} },
  });
  await database.prisma.connection.create({
    data: {
      id: CONNECTION_ID,
      businessId: 'bench',
      provider: 'gocardless',
      environment: 'sandbox',
      settings: {},
    },
  });
  const vault = openVault([VAULT_KEY]);
  await vault.putSecret(database.prisma, CONNECTION_ID, 'webhook-secrets', JSON.stringify([SECRET]));
  return database;
}

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { type Database, openDatabase, openVault, type Vault } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A migrated database and a vault in it. Read its properties in hooks and tests only: before them it is not there. */
export interface DatabaseBench {
  readonly url: string;
  readonly database: Database;
  readonly vault: Vault;
}

/**
 * One for the tests of a file or describe block, dropped behind them. Whatever the block opens on it has to be closed by then:
 * say `afterAll` for that before this.
 */
export function withDatabase(): DatabaseBench {
  let created: TestDatabase | undefined;
  let opened: Database | undefined;
  beforeAll(async () => {
    created = await createTestDatabase();
    opened = openDatabase(created.url);
  });
  afterAll(async () => {
    await opened?.close();
    await created?.drop();
  });
  const database = (): Database => {
    if (opened === undefined) throw new Error('the database is not there before the first test');
    return opened;
  };
  return {
    get url() {
      return database().url;
    },
    get database() {
      return database();
    },
    vault: openVault([{ id: 'k1', key: randomBytes(32) }]),
  };
}

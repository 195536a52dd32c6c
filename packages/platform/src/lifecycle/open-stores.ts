import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { migrate, pendingMigrations } from '../postgres/migrate.ts';
import { openEmbeddedPostgres } from '../embedded/open-embedded-postgres.ts';

/** Postgres as the configuration says, ready for use. */
export interface Stores {
  readonly database: Database;
  /** Lets go of the database, and of the embedded server when nobody else uses it. */
  close(): Promise<void>;
}

/** How the stores are opened. */
export interface StoresOptions {
  /** Bring a shared database up to date instead of refusing it (`mlc start`, `mlc migrate`). */
  readonly migrate?: boolean;
  /** Connections of this process to Postgres. */
  readonly maxConnections?: number;
}

/** The database was not brought up to date. */
export class SchemaOutdatedError extends Error {
  override readonly name = 'SchemaOutdatedError';

  constructor(missing: readonly string[]) {
    super(`the database schema is not up to date (${missing.length} migration(s) missing): run mlc migrate`);
  }
}

/**
 * Opens the given or the embedded Postgres. The embedded one is migrated here, a shared one only when asked.
 * @throws SchemaOutdatedError when it is not current.
 */
export async function openStores(config: Config, options: StoresOptions = {}): Promise<Stores> {
  const server = await openServer(config);
  try {
    await bringUpToDate(server.url, config.databaseUrl === null || options.migrate === true);
  } catch (error) {
    await server.release();
    throw error;
  }
  const database = openDatabase(server.url, options.maxConnections);
  return {
    database,
    close: async () => {
      await database.close();
      await server.release();
    },
  };
}

/** Postgres as it is, whatever its schema: the given one, or the embedded one (started when none runs). */
export async function openServer(
  config: Config,
): Promise<{ readonly url: string; release(): Promise<void> }> {
  if (config.databaseUrl === null) return openEmbeddedPostgres(config.dataDir);
  return { url: config.databaseUrl, release: () => Promise.resolve() };
}

async function bringUpToDate(url: string, mayMigrate: boolean): Promise<void> {
  const missing = await pendingMigrations(url);
  if (missing.length === 0) return;
  if (!mayMigrate) throw new SchemaOutdatedError(missing);
  await migrate(url);
}

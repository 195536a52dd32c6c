import type { Clock, Log, Random } from '@mlc/core';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate, pendingMigrations } from '../db/migrate.ts';
import { openEmbeddedPostgres } from '../embedded/open-embedded-postgres.ts';
import { createLog } from '../logging/create-log.ts';
import { type KnownSecrets, knownSecrets } from '../logging/known-secrets.ts';
import { createMetrics } from '../metrics/create-metrics.ts';
import { vaultKeysOf } from '../vault/own-keys.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import { systemClock, systemRandom } from './system.ts';

/** What every role of `mlc` is handed. */
export interface Runtime {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  /** Served at `/metrics`. */
  readonly metrics: Registry;
}

/** A running part of the process. `stop` finishes what is in hand. */
export interface Running {
  stop(): Promise<void>;
}

/** A runtime that can be closed. Close it last. */
export type OpenRuntime = Runtime & { close(): Promise<void> };

/** Postgres as the configuration says, ready for use. */
export interface Stores {
  readonly database: Database;
  /** Lets go of the database, and of the embedded server when nobody else uses it. */
  close(): Promise<void>;
}

/** What may differ from the usual. */
export interface RuntimeOptions {
  /** Bring a shared database up to date instead of refusing it (`mlc start`, `mlc migrate`). */
  readonly migrate?: boolean;
  /** Connections of this process to Postgres. */
  readonly maxConnections?: number;
  /** The demo runs on the sandbox's clock. */
  readonly clock?: Clock;
  readonly log?: Log;
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
export async function openStores(config: Config, options: RuntimeOptions = {}): Promise<Stores> {
  const server =
    config.databaseUrl === null
      ? await openEmbeddedPostgres(config.dataDir)
      : { url: config.databaseUrl, release: () => Promise.resolve() };
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

async function bringUpToDate(url: string, mayMigrate: boolean): Promise<void> {
  const missing = await pendingMigrations(url);
  if (missing.length === 0) return;
  if (!mayMigrate) throw new SchemaOutdatedError(missing);
  await migrate(url);
}

/** Opens everything a role needs. `role` stands in every log line and metric. */
export async function openRuntime(
  config: Config,
  role: string,
  options: RuntimeOptions = {},
): Promise<OpenRuntime> {
  const known = rememberedFrom(config);
  const keys = await vaultKeysOf(config);
  const stores = await openStores(config, options);
  return {
    config,
    log: options.log ?? createLog(config.log, { known, base: { role } }),
    database: stores.database,
    vault: openVault(keys, known),
    clock: options.clock ?? systemClock,
    random: systemRandom,
    metrics: createMetrics(role),
    close: () => stores.close(),
  };
}

function rememberedFrom(config: Config): KnownSecrets {
  const known = knownSecrets();
  const addresses = [config.databaseUrl, config.mail.smtpUrl, ...(config.queueUrls ?? [])];
  const passwords = addresses.map((url) => (url === null ? '' : new URL(url).password));
  for (const secret of [config.freshbooks.clientSecret, config.adminToken, ...passwords])
    known.add(secret ?? '');
  for (const { key } of config.vaultKeys ?? []) known.add(key.toString('base64'));
  return known;
}

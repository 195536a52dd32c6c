import type { Clock, Log, Random } from '@mlc/core';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.ts';
import type { Database } from '../postgres/database.ts';
import { createLog } from '../logging/create-log.ts';
import { type KnownSecrets, knownSecrets } from '../logging/known-secrets.ts';
import { createMetrics } from '../metrics/create-metrics.ts';
import { vaultKeysOf } from './own-keys.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import { openStores, type StoresOptions } from './open-stores.ts';
import { systemClock, systemRandom } from '../clock/system.ts';

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

/** What may differ from the usual. */
export interface RuntimeOptions extends StoresOptions {
  /** The demo runs on the sandbox's clock. */
  readonly clock?: Clock;
  readonly log?: Log;
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

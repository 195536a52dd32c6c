import { resolve } from 'node:path';
import type { RetryBudget } from '@mlc/core';
import type { VaultKey } from './vault-keys.ts';
import type { Values } from './variables.ts';

/** What every process is started with; read once by `readConfig`. null = unset. Units are in the names. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  /** null: the embedded Postgres of `dataDir`. */
  readonly databaseUrl: string | null;
  /** null: the database above. Several: Redis Cluster nodes. */
  readonly queueUrls: readonly string[] | null;
  /** null: generated into `dataDir` (embedded Postgres only). */
  readonly vaultKeys: readonly VaultKey[] | null;
  /** Where providers reach the ingress; no trailing slash. */
  readonly publicUrl: string;
  readonly consoleUrl: string;
  readonly listenHost: string;
  readonly ports: {
    readonly ingress: number;
    readonly console: number;
    readonly worker: number;
    readonly sandbox: { readonly freshbooks: number; readonly gocardless: number; readonly paypal: number };
  };
  readonly freshbooks: {
    readonly apiUrl: string;
    readonly authUrl: string;
    readonly clientId: string | null;
    readonly clientSecret: string | null;
    readonly redirectUri: string | null;
  };
  readonly gocardless: { readonly apiUrl: string | null };
  readonly paypal: {
    readonly apiUrl: string | null;
    readonly certUrlPrefix: string | null;
    readonly certCaFile: string | null;
    readonly certName: string | null;
  };
  readonly retry: RetryBudget;
  readonly sweepIntervalMs: number;
  readonly pollIntervalMs: number;
  readonly mail: { readonly smtpUrl: string | null; readonly from: string };
  /** null: generated into `dataDir`. */
  readonly adminToken: string | null;
  /** Whose X-Forwarded-For the console believes; as Express writes them. */
  readonly trustedProxies: readonly string[];
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly format: 'json' | 'pretty' };
}

/** Where the process runs, as far as defaults depend on it. */
export interface Surroundings {
  /** Relative paths start here. */
  readonly cwd: string;
  /** Logs go to a person's terminal. */
  readonly terminal: boolean;
}

const MS_PER_S = 1_000;

function providerParts(values: Values) {
  return {
    freshbooks: {
      apiUrl: values.FRESHBOOKS_API_URL,
      authUrl: values.FRESHBOOKS_AUTH_URL,
      clientId: values.FRESHBOOKS_CLIENT_ID ?? null,
      clientSecret: values.FRESHBOOKS_CLIENT_SECRET ?? null,
      redirectUri: values.FRESHBOOKS_REDIRECT_URI ?? null,
    },
    gocardless: { apiUrl: values.GOCARDLESS_API_URL ?? null },
    paypal: {
      apiUrl: values.PAYPAL_API_URL ?? null,
      certUrlPrefix: values.PAYPAL_CERT_URL_PREFIX ?? null,
      certCaFile: values.PAYPAL_CERT_CA_FILE ?? null,
      certName: values.PAYPAL_CERT_NAME ?? null,
    },
  };
}

function portsFrom(values: Values): Config['ports'] {
  return {
    ingress: values.INGRESS_PORT,
    console: values.CONSOLE_PORT,
    worker: values.WORKER_PORT,
    sandbox: {
      freshbooks: values.SANDBOX_FRESHBOOKS_PORT,
      gocardless: values.SANDBOX_GOCARDLESS_PORT,
      paypal: values.SANDBOX_PAYPAL_PORT,
    },
  };
}

/** Groups checked values by concern. */
export function configFrom(values: Values, surroundings: Surroundings): Config {
  return {
    dataDir: resolve(surroundings.cwd, values.MLC_DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    queueUrls: values.QUEUE_URL ?? null,
    vaultKeys: values.MLC_VAULT_KEYS ?? null,
    publicUrl: values.MLC_PUBLIC_URL,
    consoleUrl: values.MLC_CONSOLE_URL,
    listenHost: values.MLC_LISTEN_HOST,
    ports: portsFrom(values),
    ...providerParts(values),
    retry: {
      backoffBaseMs: values.MLC_BACKOFF_BASE_MS,
      backoffCapMs: values.MLC_BACKOFF_CAP_MS,
      maxAttempts: values.MLC_MAX_ATTEMPTS,
      settleDelayMs: values.MLC_SETTLE_DELAY_MS,
    },
    sweepIntervalMs: values.MLC_SWEEP_INTERVAL_S * MS_PER_S,
    pollIntervalMs: values.MLC_POLL_INTERVAL_S * MS_PER_S,
    mail: { smtpUrl: values.SMTP_URL ?? null, from: values.MAIL_FROM },
    adminToken: values.MLC_ADMIN_TOKEN ?? null,
    trustedProxies: values.MLC_TRUSTED_PROXIES.split(',').map((each) => each.trim()),
    log: {
      level: values.LOG_LEVEL,
      format: values.LOG_FORMAT ?? (surroundings.terminal ? 'pretty' : 'json'),
    },
  };
}

import { z } from 'zod';
import {
  baseUrl,
  hasScheme,
  port,
  postgresUrl,
  queueUrls,
  smtpUrl,
  text,
  vaultKeys,
  wholeNumber,
} from './value-schemas.ts';

/** One environment variable: how it is read, and what `docs/configuration.md` and `mlc config` say about it. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** What applies when it is unset, for people. */
  readonly fallback: string;
  /** What it is, with unit and bounds where there are any. */
  readonly meaning: string;
  /** `secret`: shown only as set or not set. `address`: a password in it is blanked. */
  readonly shown: 'secret' | 'address' | 'plain';
}

function variable<Schema extends z.ZodType>(
  schema: Schema,
  fallback: string,
  meaning: string,
  shown: Variable['shown'] = 'plain',
): Variable<Schema> {
  return { schema, fallback, meaning, shown };
}

const DAY_MS = 86_400_000;

const STORES = {
  DATABASE_URL: variable(
    postgresUrl.optional(),
    'unset: embedded Postgres under `MLC_DATA_DIR`',
    'PostgreSQL 14 or newer, `postgres://user:password@host:port/database`',
    'address',
  ),
  QUEUE_URL: variable(
    queueUrls.optional(),
    "unset: the same Postgres (BullMQ's Postgres backend)",
    '`redis://…`, `rediss://…` or `postgres://…`; several comma-separated Redis addresses are cluster nodes',
    'address',
  ),
  MLC_DATA_DIR: variable(
    text.default('.mlc'),
    '`.mlc`',
    'folder of the embedded stores and generated keys (mode 0700), relative to the working directory. Only when started as root in a folder closed to everybody else, such as `/root`, the embedded Postgres lies in `/var/lib/ml-connector`, as `postgres.json` in this folder says',
  ),
  MLC_VAULT_KEYS: variable(
    vaultKeys.optional(),
    'embedded Postgres: generated into `MLC_DATA_DIR/vault.key`; with `DATABASE_URL` required',
    '`id:base64key[,id:base64key…]`, 32-byte keys: the first encrypts, all decrypt',
    'secret',
  ),
};

const ADDRESSES = {
  MLC_PUBLIC_URL: variable(
    baseUrl.default('http://127.0.0.1:4000'),
    '`http://127.0.0.1:4000`',
    'where providers reach the ingress',
  ),
  MLC_CONSOLE_URL: variable(
    baseUrl.default('http://127.0.0.1:4001'),
    '`http://127.0.0.1:4001`',
    'where people reach the console',
  ),
  MLC_LISTEN_HOST: variable(
    text.regex(/^[A-Za-z0-9.:-]+$/, 'must be an IP address or a host name').default('127.0.0.1'),
    '`127.0.0.1`',
    'address every process listens on; `0.0.0.0` inside a container',
  ),
  INGRESS_PORT: variable(port(4000), '`4000`', 'port of `mlc ingress`, 0 to 65535'),
  CONSOLE_PORT: variable(port(4001), '`4001`', 'port of `mlc console`, 0 to 65535'),
  WORKER_PORT: variable(port(4002), '`4002`', 'port of `mlc worker` (health, metrics), 0 to 65535'),
  SANDBOX_FRESHBOOKS_PORT: variable(port(4011), '`4011`', 'port of the simulated FreshBooks'),
  SANDBOX_GOCARDLESS_PORT: variable(port(4012), '`4012`', 'port of the simulated GoCardless'),
  SANDBOX_PAYPAL_PORT: variable(port(4013), '`4013`', 'port of the simulated PayPal'),
};

const PROVIDERS = {
  FRESHBOOKS_API_URL: variable(
    baseUrl.default('https://api.freshbooks.com'),
    '`https://api.freshbooks.com`',
    'FreshBooks API',
  ),
  FRESHBOOKS_AUTH_URL: variable(
    baseUrl.default('https://auth.freshbooks.com'),
    '`https://auth.freshbooks.com`',
    'FreshBooks authorisation pages for the browser',
  ),
  FRESHBOOKS_CLIENT_ID: variable(text.optional(), 'unset', 'the FreshBooks app; needed to refresh tokens'),
  FRESHBOOKS_CLIENT_SECRET: variable(text.optional(), 'unset', "the FreshBooks app's secret", 'secret'),
  FRESHBOOKS_REDIRECT_URI: variable(
    baseUrl.optional(),
    'unset: `/oauth/freshbooks` under `MLC_CONSOLE_URL`',
    'redirect address registered with the FreshBooks app (https, no query); sent with every token refresh too',
  ),
  GOCARDLESS_API_URL: variable(
    baseUrl.optional(),
    'unset: by the environment of each connection',
    'overrides the GoCardless API of every connection',
  ),
  PAYPAL_API_URL: variable(
    baseUrl.optional(),
    'unset: by the environment of each connection',
    'overrides the PayPal API of every connection',
  ),
  PAYPAL_CERT_URL_PREFIX: variable(
    text
      .refine((value) => hasScheme(value, ['http', 'https']), 'must be an http:// or https:// address')
      .optional(),
    'unset: `https://api[.sandbox].paypal.com/v1/notifications/certs/`',
    'the only place a webhook certificate is fetched from',
  ),
  PAYPAL_CERT_CA_FILE: variable(
    text.optional(),
    'unset: the issuer is fetched as the certificate names it (`cacerts.digicert.com` only) and must lead to a root that Node trusts',
    'PEM bundle of accepted issuers; nothing else is then accepted',
  ),
  PAYPAL_CERT_NAME: variable(
    text.optional(),
    'unset: `messageverificationcerts[.sandbox].paypal.com`',
    'the exact certificate name',
  ),
};

const BEHAVIOUR = {
  MLC_BACKOFF_BASE_MS: variable(
    wholeNumber(1_000, 1, DAY_MS),
    '`1000`',
    'first ceiling of the exponential backoff with full jitter, ms, 1 to 86400000',
  ),
  MLC_BACKOFF_CAP_MS: variable(
    wholeNumber(900_000, 1, DAY_MS),
    '`900000`',
    'highest ceiling of the backoff, ms, 1 to 86400000, not below `MLC_BACKOFF_BASE_MS`',
  ),
  MLC_SETTLE_DELAY_MS: variable(
    wholeNumber(20_000, 0, 3_600_000),
    '`20000`',
    'after an unclear outcome (time-out, cut connection) how long to wait before looking whether the write happened, ms, 0 to 3600000',
  ),
  MLC_MAX_ATTEMPTS: variable(
    wholeNumber(12, 1, 1_000),
    '`12`',
    'attempts before a transient failure becomes a dead letter, 1 to 1000',
  ),
  MLC_SWEEP_INTERVAL_S: variable(
    wholeNumber(30, 1, 3_600),
    '`30`',
    'how often stored-but-unqueued events are looked for, s, 1 to 3600',
  ),
  MLC_POLL_INTERVAL_S: variable(
    wholeNumber(900, 1, 86_400),
    '`900`',
    "how often the providers' event lists are polled as a net under the webhooks, s, 1 to 86400",
  ),
  SMTP_URL: variable(
    smtpUrl.optional(),
    'unset: mails are logged',
    'mail server for notices to the finance team',
    'address',
  ),
  MAIL_FROM: variable(
    text.regex(/@/, 'must contain an e-mail address').default('ml-connector@localhost'),
    '`ml-connector@localhost`',
    'sender of those notices',
  ),
  MLC_ADMIN_TOKEN: variable(
    text
      .regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
      .min(16, 'must have 16 characters or more')
      .optional(),
    'unset: generated into `MLC_DATA_DIR/admin-token`, printed once',
    "opens the console's API and Bull Board to scripts with every role (`Authorization: Bearer …`), 16 characters or more; people sign in with accounts of their own (docs/console.md)",
    'secret',
  ),
  MLC_TRUSTED_PROXIES: variable(
    text
      .regex(/^[A-Za-z0-9.:/, ]+$/, 'must be addresses, or loopback, linklocal, uniquelocal, comma-separated')
      .default('loopback'),
    '`loopback`',
    "proxies before the console whose `X-Forwarded-For` is believed, so that guesses are counted by the caller's own address: `loopback`, `linklocal`, `uniquelocal`, addresses or `address/bits`, comma-separated",
  ),
  LOG_LEVEL: variable(
    z.enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug').default('info'),
    '`info`',
    '`error`, `warn`, `info` or `debug`',
  ),
  LOG_FORMAT: variable(
    z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
    '`json` (`pretty` on a terminal)',
    '`json` (one object per line) or `pretty`',
  ),
};

/** Sections as `docs/configuration.md` prints them. */
export const SECTIONS = {
  Stores: STORES,
  'Addresses and ports': ADDRESSES,
  Providers: PROVIDERS,
  Behaviour: BEHAVIOUR,
} as const;

/** Every environment variable that is read; contract section 3. */
export const VARIABLES = { ...STORES, ...ADDRESSES, ...PROVIDERS, ...BEHAVIOUR };

export type VariableName = keyof typeof VARIABLES;

/** The parsed values by variable. */
export type Values = { readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']> };

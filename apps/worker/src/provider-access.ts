import {
  type FreshBooksOptions,
  GOCARDLESS_ALLOWANCE,
  type GocardlessAccess,
  PAYPAL_ALLOWANCE,
  PAYPAL_API_URLS,
  type PaypalAccess,
  paypalTokens,
  type PaypalTokens,
  refreshTokens,
} from '@mlc/connectors';
import { ConnectorError, type HttpClient, type RateLimiter, unsaidWaitMs } from '@mlc/core';
import { type Runtime, sharedRateLimiter } from '@mlc/platform';
import type { Config } from '@mlc/platform/config/config';
import { tokenKeeper } from '@mlc/platform/vault/token-keeper';
import type { ConnectionRow } from './load-business.ts';

/** What ways to providers are made of. */
export type ProviderParts = Pick<Runtime, 'config' | 'log' | 'database' | 'vault' | 'clock' | 'random'> & {
  readonly http: HttpClient;
};

/** PayPal with what its ping needs. */
export type PaypalConnection = PaypalAccess & { readonly tokens: PaypalTokens; readonly merchantId: string };

/**
 * FreshBooks names no limit (freshbooks.md, "Rate limits"); its 429 is honoured. This only keeps a runaway from
 * flooding it.
 */
export const FRESHBOOKS_ALLOWANCE = { points: 3_000, perMs: 60_000 };
/** gocardless.md 1.1. */
const GOCARDLESS_URLS: Readonly<Record<string, string>> = {
  live: 'https://api.gocardless.com',
  sandbox: 'https://api-sandbox.gocardless.com',
};
/** Where the console takes the code of a FreshBooks consent, unless FRESHBOOKS_REDIRECT_URI says otherwise. */
const REDIRECT_PATH = '/oauth/freshbooks';

/** One FreshBooks account. */
export function freshbooksAccess(parts: ProviderParts, connection: ConnectionRow): FreshBooksOptions {
  const { database, vault, clock, log, http, config } = parts;
  return {
    http,
    limiter: limiterOf(parts, connection, FRESHBOOKS_ALLOWANCE),
    tokens: tokenKeeper({
      database,
      vault,
      clock,
      log,
      connectionId: connection.id,
      refresh: (refreshToken) => refreshTokens(http, freshbooksApp(parts, connection.id), refreshToken),
    }),
    apiUrl: config.freshbooks.apiUrl,
    accountId: settingOf(connection, 'accountId'),
    businessUuid: optionalSettingOf(connection, 'businessUuid'),
    connectionId: connection.id,
    clock,
  };
}

/** Our app. @throws ConnectorError `unauthorised` when it is not configured */
export function freshbooksApp({ config, clock }: ProviderParts, connectionId: string) {
  const { apiUrl, clientId, clientSecret, redirectUri } = config.freshbooks;
  if (clientId === null || clientSecret === null) {
    throw new ConnectorError({
      kind: 'unauthorised',
      provider: 'freshbooks',
      operation: 'refreshTokens',
      message: 'set FRESHBOOKS_CLIENT_ID and FRESHBOOKS_CLIENT_SECRET to refresh tokens',
      reason: 'invalid_client',
      connectionId,
    });
  }
  return {
    apiUrl,
    clientId,
    clientSecret,
    redirectUri: redirectUri ?? `${config.consoleUrl}${REDIRECT_PATH}`,
    clock,
  };
}

/** Where GoCardless is for connections of this environment. */
export function gocardlessUrl({ gocardless }: Pick<Config, 'gocardless'>, environment: string): string {
  return gocardless.apiUrl ?? GOCARDLESS_URLS[environment] ?? '';
}

/** One GoCardless organisation. */
export function gocardlessAccess(parts: ProviderParts, connection: ConnectionRow): GocardlessAccess {
  const { clock, http, config } = parts;
  return {
    http,
    limiter: limiterOf(parts, connection, GOCARDLESS_ALLOWANCE),
    accessToken: onceRead(() => readSecret(parts, connection, 'access-token')),
    creditorId: optionalSettingOf(connection, 'creditorId'),
    apiUrl: gocardlessUrl(config, connection.environment),
    connectionId: connection.id,
    clock,
  };
}

/** One PayPal merchant. */
export function paypalAccess(parts: ProviderParts, connection: ConnectionRow): PaypalConnection {
  const { clock, http, config } = parts;
  const shared = {
    http,
    limiter: limiterOf(parts, connection, PAYPAL_ALLOWANCE),
    apiUrl: config.paypal.apiUrl ?? PAYPAL_API_URLS[connection.environment] ?? '',
    connectionId: connection.id,
    clock,
  };
  const clientSecret = onceRead(() => readSecret(parts, connection, 'client-secret'));
  const tokens = paypalTokens({ ...shared, clientId: settingOf(connection, 'clientId'), clientSecret });
  return { ...shared, tokens, merchantId: settingOf(connection, 'merchantId') };
}

export function limiterOf(
  { database, log, config }: ProviderParts,
  { id }: Pick<ConnectionRow, 'id'>,
  allowance: { readonly points: number; readonly perMs: number },
): RateLimiter {
  return sharedRateLimiter({
    pool: database.pool,
    connectionId: id,
    ...allowance,
    unsaidWaitMs: unsaidWaitMs(config.retry),
    log,
  });
}

async function readSecret(
  { database, vault }: ProviderParts,
  connection: ConnectionRow,
  name: string,
): Promise<string> {
  const secret = await vault.getSecret(database.prisma, connection.id, name);
  if (secret !== null) return secret;
  throw new ConnectorError({
    kind: 'unauthorised',
    provider: connection.provider,
    operation: 'readSecret',
    message: `the connection has no ${name}: apply the business again`,
    connectionId: connection.id,
  });
}

/** Reads once and keeps what it read; a failure is not kept. */
function onceRead(read: () => Promise<string>): () => Promise<string> {
  let reading: Promise<string> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

function optionalSettingOf({ settings }: ConnectionRow, name: string): string | null {
  const value = (settings as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** @throws when the connection was stored without it. */
function settingOf(connection: ConnectionRow, name: string): string {
  const value = optionalSettingOf(connection, name);
  if (value !== null) return value;
  throw new Error(
    `connection ${connection.id} (${connection.provider}) has no ${name}: apply the business again`,
  );
}

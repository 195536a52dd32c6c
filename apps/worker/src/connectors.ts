import {
  type FreshBooksOptions,
  freshbooksBooks,
  freshbooksCallbacks,
  GOCARDLESS_ALLOWANCE,
  type GocardlessAccess,
  gocardlessDebits,
  refreshTokens,
} from '@mlc/connectors';
import { type Books, type Captures, type Business, ConnectorError, type Debits } from '@mlc/core';
import { createHttpClient, type Runtime, sharedRateLimiter } from '@mlc/platform';
import { tokenKeeper } from '@mlc/platform/vault/token-keeper';
import { absentConnection } from './absent.ts';
import { ClientCache } from './client-cache.ts';
import { type ConnectionRow, loadBusiness } from './load-business.ts';

/** A business and its ways to its providers. */
export interface BusinessConnections {
  readonly business: Business;
  readonly books: Books;
  readonly debits: Debits;
  readonly captures: Captures;
}

/** Ways to the providers of one business, below the ports. */
export interface ProviderAccess {
  readonly freshbooks: FreshBooksOptions | null;
  readonly gocardless: GocardlessAccess | null;
}

/** The connections of all businesses. */
export interface Connections {
  /** What is current: a change (new credentials, policy) is seen by the next call. Rejects when there is no such business. */
  of(businessId: string): Promise<BusinessConnections>;
  /** What the calls need that no flow makes (ping, webhook registration); null where there is no such connection. */
  accessTo(businessId: string): Promise<ProviderAccess>;
  /** Gives a webhook verifier back to FreshBooks. */
  verifyCallback(connectionId: string, callbackId: string, verifier: string): Promise<void>;
  close(): void;
}

type ConnectionsRuntime = Pick<Runtime, 'config' | 'log' | 'database' | 'vault' | 'clock' | 'random'>;

const VERSION = '0.1.0';
/**
 * FreshBooks names no limit (freshbooks.md, "Rate limits"); its 429 is honoured. This only keeps a runaway from
 * flooding it.
 */
const FRESHBOOKS_ALLOWANCE = { points: 3_000, perMs: 60_000 };
/** gocardless.md 1.1. */
const GOCARDLESS_URLS: Readonly<Record<string, string>> = {
  live: 'https://api.gocardless.com',
  sandbox: 'https://api-sandbox.gocardless.com',
};

/** Opens the providers of all businesses over one HTTP client; clients are kept until their connection changes. */
export function openConnections(runtime: ConnectionsRuntime): Connections {
  const http = createHttpClient({ version: VERSION, random: runtime.random });
  const clients = new ClientCache();
  const parts = { ...runtime, http };
  return {
    of: async (businessId) => {
      const { business, connections } = await loadBusiness(runtime.database, businessId);
      const one = (provider: string) => connections.find((connection) => connection.provider === provider);
      const freshbooks = one('freshbooks');
      const gocardless = one('gocardless');
      return {
        business,
        books:
          freshbooks === undefined
            ? absentConnection<Books>('freshbooks', { accountId: '' })
            : clients.get(freshbooks, () => freshbooksBooks(freshbooksOptions(parts, freshbooks))),
        captures: absentConnection<Captures>('paypal', { merchantId: '' }),
        debits:
          gocardless === undefined
            ? absentConnection<Debits>('gocardless')
            : clients.get(gocardless, () => gocardlessDebits(gocardlessAccess(parts, gocardless))),
      };
    },
    accessTo: async (businessId) => {
      const { connections } = await loadBusiness(runtime.database, businessId);
      const one = (provider: string) => connections.find((connection) => connection.provider === provider);
      const freshbooks = one('freshbooks');
      const gocardless = one('gocardless');
      return {
        freshbooks: freshbooks === undefined ? null : freshbooksOptions(parts, freshbooks),
        gocardless: gocardless === undefined ? null : gocardlessAccess(parts, gocardless),
      };
    },
    verifyCallback: async (connectionId, callbackId, verifier) => {
      const row = await runtime.database.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
      await freshbooksCallbacks(freshbooksOptions(parts, row)).verify(callbackId, verifier);
    },
    close: () => http.close(),
  };
}

type Parts = ConnectionsRuntime & { readonly http: ReturnType<typeof createHttpClient> };

function freshbooksOptions(parts: Parts, connection: ConnectionRow): FreshBooksOptions {
  const { database, vault, clock, log, http, config } = parts;
  return {
    http,
    limiter: sharedRateLimiter({
      pool: database.pool,
      connectionId: connection.id,
      ...FRESHBOOKS_ALLOWANCE,
      log,
    }),
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
    connectionId: connection.id,
    clock,
  };
}

function freshbooksApp({ config, clock }: Parts, connectionId: string) {
  const { apiUrl, clientId, clientSecret, redirectUri } = config.freshbooks;
  if (clientId === null || clientSecret === null || redirectUri === null) {
    throw new ConnectorError({
      kind: 'unauthorised',
      provider: 'freshbooks',
      operation: 'refreshTokens',
      message:
        'set FRESHBOOKS_CLIENT_ID, FRESHBOOKS_CLIENT_SECRET and FRESHBOOKS_REDIRECT_URI to refresh tokens',
      reason: 'invalid_client',
      connectionId,
    });
  }
  return { apiUrl, clientId, clientSecret, redirectUri, clock };
}

function gocardlessAccess(parts: Parts, connection: ConnectionRow) {
  const { database, vault, clock, log, http, config } = parts;
  return {
    http,
    limiter: sharedRateLimiter({
      pool: database.pool,
      connectionId: connection.id,
      ...GOCARDLESS_ALLOWANCE,
      log,
    }),
    accessToken: onceRead(() => readAccessToken(parts, connection.id, vault)),
    apiUrl: config.gocardless.apiUrl ?? GOCARDLESS_URLS[connection.environment] ?? '',
    connectionId: connection.id,
    clock,
  };
}

async function readAccessToken(
  { database }: Parts,
  connectionId: string,
  vault: Parts['vault'],
): Promise<string> {
  const token = await vault.getSecret(database.prisma, connectionId, 'access-token');
  if (token !== null) return token;
  throw new ConnectorError({
    kind: 'unauthorised',
    provider: 'gocardless',
    operation: 'accessToken',
    message: 'the connection has no access token: apply the business again',
    connectionId,
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

/** @throws when the connection was stored without it. */
function settingOf(connection: ConnectionRow, name: string): string {
  const value = (connection.settings as Readonly<Record<string, unknown>> | null)?.[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(
    `connection ${connection.id} (${connection.provider}) has no ${name}: apply the business again`,
  );
}

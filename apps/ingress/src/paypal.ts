import { readFileSync } from 'node:fs';
import {
  askPaypal,
  PAYPAL_ALLOWANCE,
  PAYPAL_API_URLS,
  type PaypalAccess,
  paypalTokens,
  type PaypalWebhookOptions,
} from '@mlc/connectors';
import { type Clock, ConnectorError, unsaidWaitMs } from '@mlc/core';
import type { Config } from '@mlc/platform/config/config';
import { ConfigError } from '@mlc/platform/config/config-error';
import type { ClosableHttpClient } from '@mlc/platform/http/axios-client';
import { httpWhenAsked } from '@mlc/platform/http/http-when-asked';
import type { Runtime } from '@mlc/platform/lifecycle/runtime';

/** What reading PayPal's webhooks takes of a runtime. */
export type PaypalRuntime = Pick<Runtime, 'log' | 'database' | 'vault'> & {
  readonly clock: Clock;
  /** null: nothing is overridden. */
  readonly paypal: Config['paypal'] | null;
  /** null: as it is by default. */
  readonly retry: Config['retry'] | null;
};

/** PayPal waits for an answer while a certificate is fetched; it sends again when it gets none. In ms. */
const TOTAL_TIMEOUT_MS = 8_000;
const ANSWER_BYTES_MAX = 64 * 1024;
/** Tokens are kept for so many connections; PayPal is asked only when no chain can be built, so they are few. */
const APPS_MAX = 100;

/** Options of PayPal's webhook reader, and how its sockets are given back. */
export interface PaypalReading {
  readonly options: PaypalWebhookOptions;
  close(): void;
}

/** As the configuration says. @throws ConfigError when `PAYPAL_CERT_CA_FILE` cannot be read. */
export function paypalReading(runtime: PaypalRuntime): PaypalReading {
  const { clock, paypal } = runtime;
  const http = httpWhenAsked({
    version: '0.1.0',
    totalTimeoutMs: TOTAL_TIMEOUT_MS,
    maxBodyBytes: ANSWER_BYTES_MAX,
    readRetries: 1,
  });
  const accessOf = accesses(runtime, http);
  const certCaFile = paypal?.certCaFile ?? null;
  return {
    options: {
      http,
      clock,
      certUrlPrefix: paypal?.certUrlPrefix ?? null,
      certName: paypal?.certName ?? null,
      certCaPem: certCaFile === null ? null : readCaFile(certCaFile),
      verifyByPaypal: async (webhookId, requestBody) => {
        const access = await accessOf(webhookId);
        return access === null ? null : askPaypal(access, requestBody);
      },
    },
    close: () => http.close(),
  };
}

function readCaFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const message = `the file cannot be read (${why}): give the path of a PEM bundle, or leave it out`;
    throw new ConfigError([{ variable: 'PAYPAL_CERT_CA_FILE', message }]);
  }
}

interface Row {
  readonly id: string;
  readonly environment: string;
  readonly revision: number;
  readonly client_id: string;
}

/** The connection that owns a webhook: PayPal's verdict is for its app only (paypal.md 3.8). */
const SELECT_OWNER = `
SELECT id, environment, revision, settings->>'clientId' AS client_id FROM connections
WHERE provider = 'paypal' AND (settings->>'webhookId' = $1 OR jsonb_exists(settings->'webhookIds', $1))
ORDER BY id LIMIT 1`;

/** Ways to PayPal's API by webhook id, each with its token kept. */
function accesses(
  runtime: PaypalRuntime,
  http: ClosableHttpClient,
): (webhookId: string) => Promise<PaypalAccess | null> {
  const known = new Map<string, PaypalAccess>();
  return async (webhookId) => {
    const { rows } = await runtime.database.pool.query<Row>(SELECT_OWNER, [webhookId]);
    const [row] = rows;
    if (row === undefined) return null;
    const key = `${row.id}/${row.revision}`;
    const access = known.get(key) ?? (await open(runtime, http, row));
    if (known.size >= APPS_MAX) known.clear();
    known.set(key, access);
    return access;
  };
}

async function open(
  { database, vault, clock, log, paypal, retry }: PaypalRuntime,
  http: ClosableHttpClient,
  row: Row,
) {
  const connectionId = row.id;
  // Hardly ever needed here, and it brings every store it knows.
  const { sharedRateLimiter } = await import('@mlc/platform/http/rate-limiter');
  const common = {
    http,
    limiter: sharedRateLimiter({
      pool: database.pool,
      connectionId,
      ...PAYPAL_ALLOWANCE,
      ...(retry === null ? {} : { unsaidWaitMs: unsaidWaitMs(retry) }),
      log,
    }),
    apiUrl: paypal?.apiUrl ?? PAYPAL_API_URLS[row.environment] ?? '',
    connectionId,
    clock,
  };
  const clientSecret = async (): Promise<string> => {
    const secret = await vault.getSecret(database.prisma, connectionId, 'client-secret');
    if (secret !== null) return secret;
    throw new ConnectorError({
      kind: 'unauthorised',
      provider: 'paypal',
      operation: 'requestToken',
      message: 'the connection has no client secret: apply the business again',
      connectionId,
    });
  };
  return { ...common, tokens: paypalTokens({ ...common, clientId: row.client_id, clientSecret }) };
}

import type { Executor } from '../postgres/database.ts';
import type { Connection as Row } from '../postgres/generated/client.ts';

/** `NOTIFY` tells here of connections that the ingress has to read again: another webhook secret, verifier or id. */
export const CONNECTION_CHANNEL = 'mlc_connection';

interface Common {
  readonly id: string;
  readonly businessId: string;
  /**
   * `unauthorised`: its credentials no longer work; a person has to bring new ones. `held`: the account belongs to another
   * business (ownership.ts), and nothing runs over this connection.
   */
  readonly state: 'active' | 'unauthorised' | 'held';
  /** Raised on every change that a cache must notice. */
  readonly revision: number;
}

/** FreshBooks: secrets `tokens`, `verifier:<callbackId>`. */
export interface FreshbooksConnection extends Common {
  readonly provider: 'freshbooks';
  readonly environment: 'live';
  readonly settings: {
    readonly accountId: string;
    readonly businessId: number | null;
    readonly businessUuid: string | null;
  };
}

/** GoCardless: secrets `access-token`, `webhook-secrets`. */
export interface GocardlessConnection extends Common {
  readonly provider: 'gocardless';
  readonly environment: 'sandbox' | 'live';
  readonly settings: {
    /** Left out: the account's only creditor. */
    readonly creditorId?: string;
  };
}

/** PayPal: secret `client-secret`. */
export interface PaypalConnection extends Common {
  readonly provider: 'paypal';
  readonly environment: 'sandbox' | 'live';
  readonly settings: {
    readonly clientId: string;
    /** null until the webhook is registered. */
    readonly webhookId: string | null;
    readonly merchantId: string;
  };
}

/** One business's authorised link to one provider, without its secrets. */
export type Connection = FreshbooksConnection | GocardlessConnection | PaypalConnection;

/** Columns are written by `applyBusiness` only, in these shapes. */
export function connectionOf(row: Row): Connection {
  const { id, businessId, provider, environment, state, revision, settings } = row;
  return { id, businessId, provider, environment, state, revision, settings } as unknown as Connection;
}

/** All connections of a business, by provider name. */
export async function connectionsOf(executor: Executor, businessId: string): Promise<readonly Connection[]> {
  const rows = await executor.connection.findMany({ where: { businessId }, orderBy: { provider: 'asc' } });
  return rows.map(connectionOf);
}

/** One connection by its id, or null. */
export async function findConnection(executor: Executor, id: string): Promise<Connection | null> {
  const row = await executor.connection.findUnique({ where: { id } });
  return row === null ? null : connectionOf(row);
}

/** Makes every ingress read a connection again before it checks the next delivery; heard once `tx` is committed. */
export async function announceChange(tx: Executor, connectionId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${CONNECTION_CHANNEL}, ${connectionId})`;
}

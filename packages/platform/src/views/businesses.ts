import type { Mode } from '@mlc/core';
import { connectionsOf, type Connection } from '../connections/connections.ts';
import type { Executor } from '../postgres/database.ts';
import { listBusinesses } from '../set-up/businesses.ts';

/** One line of `mlc business list`. */
export interface BusinessView {
  readonly business: string;
  readonly displayName: string;
  readonly mode: Mode;
  /** By provider; `account` is the FreshBooks account or the PayPal merchant, null where a provider has no such thing. */
  readonly connections: Readonly<
    Record<string, { readonly id: string; readonly account: string | null; readonly state: string }>
  >;
}

/** All businesses by name, or one of them. */
export async function businessViews(
  executor: Executor,
  { businessId }: { readonly businessId?: string } = {},
): Promise<readonly BusinessView[]> {
  const views: BusinessView[] = [];
  for (const { id, slug, displayName, policy } of await listBusinesses(executor)) {
    if (businessId !== undefined && businessId !== id) continue;
    const connections = await connectionsOf(executor, id);
    views.push({
      business: slug,
      displayName,
      mode: policy.mode,
      connections: Object.fromEntries(connections.map(viewOf)),
    });
  }
  return views;
}

function viewOf(connection: Connection) {
  const { id, provider, state } = connection;
  return [provider, { id, account: accountOf(connection), state }] as const;
}

function accountOf(connection: Connection): string | null {
  switch (connection.provider) {
    case 'freshbooks':
      return connection.settings.accountId;
    case 'paypal':
      return connection.settings.merchantId;
    case 'gocardless':
      return null;
  }
}

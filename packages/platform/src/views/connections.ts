import type { Database } from '../postgres/database.ts';

/** How a connection is, for people: is it connected, does it tell us everything? */
export interface ConnectionHealth {
  readonly provider: string;
  readonly id: string;
  readonly environment: string;
  /** active | unauthorised (needs new credentials) | held (its account belongs to another business) */
  readonly state: string;
  readonly revision: number;
  /** RFC 3339 UTC; null = never. */
  readonly lastEventAt: string | null;
  readonly lastPollAt: string | null;
  /** By Postgres' clock; 0 when it was never polled. */
  readonly lastPollAgeMs: number;
  /** Lost events found by polling since a webhook last arrived. */
  readonly lostEvents: number;
  /** Webhooks refused in the last 24 hours. */
  readonly refused24h: number;
  /** FreshBooks callbacks by state. */
  readonly callbacks: { readonly verified: number; readonly pending: number };
  /** Lists that did not answer when polling last read them. */
  readonly failingLists: readonly string[];
}

interface Row extends Omit<ConnectionHealth, 'lastEventAt' | 'lastPollAt' | 'callbacks'> {
  readonly lastEventAt: Date | null;
  readonly lastPollAt: Date | null;
  readonly verified: number;
  readonly pending: number;
}

const SQL = `
  SELECT provider, connections.id, environment, connections.state, connections.revision,
    (SELECT received_at FROM inbound_events WHERE connection_id = connections.id ORDER BY id DESC LIMIT 1) AS "lastEventAt",
    polled.last_run_at AS "lastPollAt",
    COALESCE(extract(epoch FROM now() - polled.last_run_at) * 1000, 0)::float8 AS "lastPollAgeMs", COALESCE(polled.lost, 0) AS "lostEvents",
    (SELECT count(*)::int FROM audit_entries WHERE business_id = connections.business_id AND action = 'webhook.refused'
      AND subject->>'id' = connections.id AND at > now() - interval '24 hours') AS "refused24h",
    (SELECT count(*)::int FROM callbacks WHERE connection_id = connections.id AND state = 'verified') AS verified,
    (SELECT count(*)::int FROM callbacks WHERE connection_id = connections.id AND state = 'pending') AS pending,
    ARRAY(SELECT source FROM failing_lists WHERE connection_id = connections.id ORDER BY source) AS "failingLists"
  FROM connections LEFT JOIN polled_connections polled ON polled.connection_id = connections.id
  WHERE business_id = $1 ORDER BY provider`;

/** Connections of a business, by provider. */
export async function connectionHealth(
  database: Pick<Database, 'pool'>,
  businessId: string,
): Promise<ConnectionHealth[]> {
  const { rows } = await database.pool.query<Row>(SQL, [businessId]);
  return rows.map(({ lastEventAt, lastPollAt, verified, pending, ...row }) => ({
    ...row,
    lastEventAt: lastEventAt?.toISOString() ?? null,
    lastPollAt: lastPollAt?.toISOString() ?? null,
    callbacks: { verified, pending },
  }));
}

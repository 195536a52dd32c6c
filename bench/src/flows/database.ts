import type pg from 'pg';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { openVault } from '@mlc/platform/vault/vault';
import { BUSINESSES, type Seed } from './seeds.ts';

/** Known to the bench and to the workers it starts. */
const KEY = { id: 'bench', key: Buffer.alloc(32, 7) };
export const VAULT_KEYS = `${KEY.id}:${KEY.key.toString('base64')}`;

const POLICY = {
  collectFrom: '2020-01-01',
  chargeDate: 'as-soon-as-possible',
  noMandate: 'review',
  recordPaymentAt: 'confirmed',
  onLateFailure: 'reverse',
  paypalFees: 'none',
  gocardlessFees: 'none',
  payoutEntry: 'none',
  accounts: {
    feeExpenseCategoryId: null,
    staffId: null,
    bankAccountUuid: null,
    clearingAccountUuid: null,
    feeAccountUuid: null,
  },
};

const DAY_MS = 86_400_000;

function connectionId(business: number, provider: string): string {
  return `${provider}-${business}`;
}

const SETTINGS: Readonly<Record<string, (business: number) => object>> = {
  freshbooks: (business) => ({ accountId: `ACC${business}` }),
  gocardless: () => ({ creditorId: 'CR1' }),
  paypal: (business) => ({ clientId: `client-${business}`, merchantId: `MERCHANT${business}` }),
};

function secretOf(business: number, provider: string): readonly [name: string, text: string] {
  if (provider === 'gocardless') return ['access-token', `gc-${business}`];
  if (provider === 'paypal') return ['client-secret', `pp-${business}`];
  const obtainedAt = new Date();
  const tokens = {
    accessToken: `fb-${business}`,
    refreshToken: `fb-refresh-${business}`,
    obtainedAt,
    expiresAt: new Date(obtainedAt.getTime() + DAY_MS),
  };
  return ['tokens', JSON.stringify(tokens)];
}

/** Businesses with all three connections, polled just now. Columns that every build since 06ffe70 has. */
export async function fillBusinesses(url: string): Promise<void> {
  const database = openDatabase(url, 2);
  try {
    for (let business = 0; business < BUSINESSES; business += 1) await fillBusiness(database, business);
  } finally {
    await database.close();
  }
}

async function fillBusiness(database: Database, business: number): Promise<void> {
  const { pool } = database;
  const vault = openVault([KEY]);
  const id = `business-${business}`;
  await pool.query(
    `INSERT INTO businesses (id, slug, display_name, timezone, notify_emails, policy)
     VALUES ($1, $1, $1, 'Europe/London', '{}', $2)`,
    [id, POLICY],
  );
  for (const [provider, settingsOf] of Object.entries(SETTINGS)) {
    const connection = connectionId(business, provider);
    await pool.query(
      `INSERT INTO connections (id, business_id, provider, environment, settings) VALUES ($1, $2, $3, 'sandbox', $4)`,
      [connection, id, provider, settingsOf(business)],
    );
    await pool.query(`INSERT INTO polled_connections (connection_id, last_run_at) VALUES ($1, now())`, [
      connection,
    ]);
    await vault.putSecret(database.prisma, connection, ...secretOf(business, provider));
  }
}

/** Puts events into the inbox as the ingress does, and wakes the workers. */
export async function insertEvents(pool: pg.Pool, seeds: readonly Seed[]): Promise<void> {
  const column = (pick: (seed: Seed) => string): string[] => seeds.map(pick);
  await pool.query(
    `WITH stored AS (
       INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
         correlation_id, flow)
       SELECT business, connection, provider, type, 'bench-' || resource, resource, payload, gen_random_uuid()::text, flow
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS seed(business, connection, provider, type, resource, payload, flow)
       RETURNING 1)
     SELECT count(*), pg_notify('mlc_wake', '') FROM stored`,
    [
      column(({ business }) => `business-${business}`),
      column(({ business, provider }) => connectionId(business, provider)),
      column(({ provider }) => provider),
      column(({ type }) => type),
      column(({ resourceId }) => resourceId),
      column(({ payload }) => payload),
      column(({ flow }) => flow),
    ],
  );
}

/** How the events of a flow ended. */
export async function endings(pool: pg.Pool, flow: string): Promise<string> {
  const { rows } = await pool.query<{ state: string; count: number; reason: string | null }>(
    `SELECT state, count(*)::int AS count, min(reason) AS reason FROM inbound_events WHERE flow = $1 GROUP BY state ORDER BY 2 DESC`,
    [flow],
  );
  return rows.map(({ state, count, reason }) => `${count} ${state} (${reason ?? 'no reason'})`).join(', ');
}

export async function isDrained(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM inbound_events WHERE state IN ('stored', 'queued')) AS busy`,
  );
  return rows[0]?.busy === false;
}

/** Whether the mirrors of GoCardless customers and mandates were read once. */
export async function isMirrored(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM mirror_progress');
  return (rows[0]?.count ?? 0) >= 2 * BUSINESSES;
}

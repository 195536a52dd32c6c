import { type Business, storedPolicy } from '@mlc/core';
import type { Database } from '@mlc/platform';

/** A connection as stored; its `settings` hold ids, never secrets. */
export interface ConnectionRow {
  readonly id: string;
  readonly provider: string;
  readonly environment: string;
  readonly settings: unknown;
  readonly revision: number;
  readonly state: string;
}

interface BusinessRow {
  readonly id: string;
  readonly slug: string;
  readonly display_name: string;
  readonly timezone: string;
  readonly notify_emails: readonly string[];
  readonly policy: unknown;
  readonly connections: readonly ConnectionRow[];
}

/** Read anew for every job, so that a changed policy or credential is never missed: one prepared statement. */
export async function loadBusiness(
  database: Database,
  businessId: string,
): Promise<{ readonly business: Business; readonly connections: readonly ConnectionRow[] }> {
  const { rows } = await database.pool.query<BusinessRow>({
    name: 'mlc_load_business',
    text: `
      SELECT id, slug, display_name, timezone, notify_emails, policy, coalesce(
        (SELECT jsonb_agg(jsonb_build_object('id', id, 'provider', provider, 'environment', environment,
          'settings', settings, 'revision', revision, 'state', state)) FROM connections WHERE business_id = businesses.id), '[]')
        AS connections
      FROM businesses WHERE id = $1`,
    values: [businessId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no business ${businessId}`);
  const { id, slug, display_name: displayName, timezone, notify_emails: notifyEmails } = row;
  return {
    business: { id, slug, displayName, timezone, notifyEmails, policy: storedPolicy(row.policy) },
    connections: row.connections,
  };
}

/** Whether writes at its providers may go out: asked before each of them, so that pausing a business works at once. */
export async function isLive(database: Database, businessId: string): Promise<boolean> {
  const { rows } = await database.pool.query<{ mode: string | null }>({
    name: 'mlc_business_mode',
    text: `SELECT policy->>'mode' AS mode FROM businesses WHERE id = $1`,
    values: [businessId],
  });
  return (rows[0]?.mode ?? 'live') === 'live';
}

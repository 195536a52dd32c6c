import type { Database } from '../postgres/database.ts';

/** The businesses that have an audit chain (SYSTEM_CHAIN among them), for verifying all of them. */
export async function auditChains(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    'SELECT business_id FROM audit_heads UNION SELECT DISTINCT business_id FROM audit_entries ORDER BY 1',
  );
  return rows.map((row) => row.business_id);
}

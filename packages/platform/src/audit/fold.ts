import type { Clock } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { appendAll } from './append.ts';

/**
 * Moves what the ingress saw of one business until now into its chain. Appends do this along the way; this is for
 * housekeeping and before the log is shown. Returns how many receipts this call moved.
 */
export async function foldReceipts(database: Database, businessId: string, clock: Clock): Promise<number> {
  const newestId = await newestReceipt(database, businessId);
  let folded = 0;
  while (await hasReceiptUpTo(database, businessId, newestId)) {
    folded += await database.transaction((tx) => appendAll(tx, businessId, clock, []));
  }
  return folded;
}

async function newestReceipt(database: Database, businessId: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string | null }>(
    'SELECT max(id) AS id FROM webhook_receipts WHERE business_id = $1',
    [businessId],
  );
  return rows[0]?.id ?? '0';
}

async function hasReceiptUpTo(database: Database, businessId: string, id: string): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'SELECT FROM webhook_receipts WHERE business_id = $1 AND id <= $2 LIMIT 1',
    [businessId, id],
  );
  return rowCount === 1;
}

/** Businesses the ingress left receipts of. */
export async function businessesWithReceipts(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    'SELECT DISTINCT business_id FROM webhook_receipts ORDER BY business_id',
  );
  return rows.map((row) => row.business_id);
}

import type { Clock } from '@mlc/core';
import type { Database } from '../db/database.ts';
import { appendAll } from './append.ts';
import { RECEIPTS_PER_APPEND } from './receipts.ts';

/**
 * Moves everything the ingress saw of one business into its chain. Appends do this along the way; this is for
 * housekeeping and before the log is shown. Returns how many receipts were moved.
 */
export async function foldReceipts(database: Database, businessId: string, clock: Clock): Promise<number> {
  let folded = 0;
  for (;;) {
    const count = await database.transaction((tx) => appendAll(tx, businessId, clock, []));
    folded += count;
    if (count < RECEIPTS_PER_APPEND) return folded;
  }
}

/** Businesses the ingress left receipts of. */
export async function businessesWithReceipts(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ business_id: string }>(
    'SELECT DISTINCT business_id FROM webhook_receipts ORDER BY business_id',
  );
  return rows.map((row) => row.business_id);
}

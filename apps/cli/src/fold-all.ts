import { businessesWithReceipts, foldReceipts } from '@mlc/platform/audit/fold';
import type { Database } from '@mlc/platform/postgres/database';
import { systemClock } from '@mlc/platform/clock/system';

/** Moves what the ingress saw into the audit log now, which workers do every half minute. */
export async function foldAll(database: Database, filter: { readonly businessId?: string }): Promise<void> {
  const waiting = await businessesWithReceipts(database);
  const wanted = waiting.filter((id) => filter.businessId === undefined || filter.businessId === id);
  for (const businessId of wanted) await foldReceipts(database, businessId, systemClock);
}

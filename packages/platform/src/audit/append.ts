import { type AuditEntry, type AuditLog, type ChainedEntry, type ChainHead, chainEntry } from '@mlc/core';
import type { Clock } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { type Sql, sqlOn } from '../postgres/sql.ts';
import { sha256Hex } from '../clock/system.ts';
import { lockChain } from './lock-chain.ts';
import type { TimedEntry } from './receipts.ts';

/** The audit log of one business, appending at once: see `appendAudit`. */
export function auditLog(on: Executor | Sql, businessId: string, clock: Clock): AuditLog {
  return { append: (entry) => appendAudit(on, businessId, clock, entry) };
}

/**
 * Appends one entry to the chain of a business (SYSTEM_CHAIN for what belongs to none), behind what the ingress saw
 * since. Call it as the last statement of the transaction that has the effect: until that ends, every other append to
 * this chain waits.
 */
export async function appendAudit(
  on: Executor | Sql,
  businessId: string,
  clock: Clock,
  entry: AuditEntry,
): Promise<void> {
  await appendAll(on, businessId, clock, [entry]);
}

/** The same for several entries at once; returns how many went in, webhook receipts included. */
export async function appendAll(
  on: Executor | Sql,
  businessId: string,
  clock: Clock,
  entries: readonly AuditEntry[],
): Promise<number> {
  const sql = sqlOn(on);
  const { head, receipts } = await lockChain(sql, businessId);
  // The time is taken under the lock, so that it never runs backwards along the chain.
  const at = clock.now();
  const timed: TimedEntry[] = [...receipts, ...entries.map((entry) => ({ ...entry, at }))];
  if (timed.length > 0) await insertEntries(sql, chainUp(businessId, head, timed));
  return timed.length;
}

function chainUp(businessId: string, head: ChainHead, entries: readonly TimedEntry[]): ChainedEntry[] {
  let newest: ChainHead = head;
  return entries.map((entry) => {
    const chained = chainEntry(sha256Hex, newest, { ...entry, businessId });
    newest = chained;
    return chained;
  });
}

/** Entries and the new head in one statement. */
async function insertEntries(sql: Sql, entries: readonly ChainedEntry[]): Promise<void> {
  const newest = entries.at(-1);
  if (newest === undefined) return;
  await sql.count(INSERT, [JSON.stringify(entries), newest.seq, newest.hash, newest.businessId]);
}

const INSERT = `
  WITH appended AS (
    INSERT INTO audit_entries
      (business_id, seq, at, actor, action, subject, correlation_id, details, prev_hash, hash)
    SELECT "businessId", seq, at, actor, action, subject, "correlationId", details, "prevHash", hash
    FROM jsonb_to_recordset($1::jsonb) AS entry(
      "businessId" text, seq bigint, at timestamptz, actor text, action text, subject jsonb,
      "correlationId" text, details jsonb, "prevHash" text, hash text)
  )
  UPDATE audit_heads SET seq = $2, hash = $3 WHERE business_id = $4`;

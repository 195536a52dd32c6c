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
  return (await appendBehindReceipts(sqlOn(on), businessId, clock, entries)).appended;
}

/** Somebody else appended to the chain, or the ingress saw something: nothing was written, and the head has to be asked for. */
export class ChainMovedError extends Error {
  override readonly name = 'ChainMovedError';
}

/** Where entries go. */
interface InChain {
  readonly sql: Sql;
  readonly businessId: string;
  readonly clock: Clock;
}

/**
 * The same behind a head that is known: one statement that nobody has to wait for. The transaction fails with ChainMovedError when
 * it is another one by then, or when there are receipts to go first. Returns the new head.
 */
export async function appendBehind(
  known: ChainHead,
  { sql, businessId, clock }: InChain,
  entries: readonly AuditEntry[],
): Promise<ChainHead> {
  const chained = chainUp(businessId, known, timed(entries, clock));
  const head = chained.at(-1) ?? known;
  const values = [JSON.stringify(chained), head.seq, head.hash, businessId, known.seq, known.hash];
  await sql.tell(INSERT_BEHIND, values, () => new ChainMovedError(`the audit chain of ${businessId} moved`));
  return head;
}

/**
 * The same behind the head as it is, which is asked for. Returns the new head; null when there were receipts to go first, so that
 * the next append is better to ask for it, too.
 */
export async function appendAtEnd(
  { sql, businessId, clock }: InChain,
  entries: readonly AuditEntry[],
): Promise<ChainHead | null> {
  const { head, appended } = await appendBehindReceipts(sql, businessId, clock, entries);
  return appended === entries.length ? head : null;
}

async function appendBehindReceipts(
  sql: Sql,
  businessId: string,
  clock: Clock,
  entries: readonly AuditEntry[],
): Promise<{ readonly appended: number; readonly head: ChainHead }> {
  const { head, receipts } = await lockChain(sql, businessId);
  // The time is taken under the lock, so that it never runs backwards along the chain.
  const chained = chainUp(businessId, head, [...receipts, ...timed(entries, clock)]);
  const newest = chained.at(-1);
  if (newest === undefined) return { appended: 0, head };
  await sql.tell(INSERT, [JSON.stringify(chained), newest.seq, newest.hash, businessId]);
  return { appended: chained.length, head: newest };
}

function timed(entries: readonly AuditEntry[], clock: Clock): TimedEntry[] {
  const at = clock.now();
  return entries.map((entry) => ({ ...entry, at }));
}

function chainUp(businessId: string, head: ChainHead, entries: readonly TimedEntry[]): ChainedEntry[] {
  let newest: ChainHead = head;
  return entries.map((entry) => {
    const chained = chainEntry(sha256Hex, newest, { ...entry, businessId });
    newest = chained;
    return chained;
  });
}

const INSERT_ENTRIES = `
  INSERT INTO audit_entries (business_id, seq, at, actor, action, subject, correlation_id, details, prev_hash, hash)
  SELECT "businessId", seq, at, actor, action, subject, "correlationId", details, "prevHash", hash
  FROM jsonb_to_recordset($1::jsonb) AS entry(
    "businessId" text, seq bigint, at timestamptz, actor text, action text, subject jsonb,
    "correlationId" text, details jsonb, "prevHash" text, hash text)`;

/** Entries and the new head in one statement. */
const INSERT = `WITH appended AS (${INSERT_ENTRIES})
  UPDATE audit_heads SET seq = $2, hash = $3 WHERE business_id = $4`;

/** The same behind a head that was not asked for: fails when it is another one, or when there are receipts to go first. */
const INSERT_BEHIND = `
  WITH head AS (
    UPDATE audit_heads SET seq = $2, hash = $3 WHERE business_id = $4 AND seq = $5 AND hash = $6
      AND NOT EXISTS (SELECT FROM webhook_receipts WHERE business_id = $4)
    RETURNING business_id)
  ${INSERT_ENTRIES} WHERE (SELECT mlc_require(count(*)) FROM head) > 0`;

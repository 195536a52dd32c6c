import { type ChainHead, continuesChain, EMPTY_CHAIN } from '@mlc/core';
import { type Query, readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { sha256Hex } from '../clock/system.ts';
import { AUDIT_COLUMNS, type AuditRow, chainedEntryOf } from './rows.ts';

/** `brokenAt` is the first number at which the chain is not what it was: changed, missing, moved, or cut off. */
export type AuditVerdict =
  { readonly ok: true; readonly entries: number } | { readonly ok: false; readonly brokenAt: number };

/** An entry beside the head of its chain, both as they were when the reading began. */
interface VerifiedRow extends AuditRow {
  readonly headSeq: string | null;
  readonly headHash: string | null;
}

/**
 * Recomputes the chain of one business from its first entry to its head, in flat memory; appends may go on meanwhile.
 * What it cannot see: a chain rewritten as a whole, head included, by somebody who owns the database.
 */
export async function verifyAudit(database: Database, businessId: string): Promise<AuditVerdict> {
  let newest: ChainHead = EMPTY_CHAIN;
  let head: ChainHead = EMPTY_CHAIN;
  for await (const row of readRows<VerifiedRow>(database, chainQuery(businessId))) {
    head = { seq: Number(row.headSeq ?? 0), hash: row.headHash ?? EMPTY_CHAIN.hash };
    const entry = chainedEntryOf(row);
    const broken = entry.seq > head.seq || !continuesChain(sha256Hex, newest, entry);
    if (broken) return { ok: false, brokenAt: newest.seq + 1 };
    newest = entry;
  }
  if (newest.seq === 0) return verdictWithoutEntries(database, businessId);
  if (newest.seq < head.seq) return { ok: false, brokenAt: newest.seq + 1 };
  return newest.hash === head.hash ? { ok: true, entries: newest.seq } : { ok: false, brokenAt: newest.seq };
}

function chainQuery(businessId: string): Query {
  return {
    text: `SELECT ${AUDIT_COLUMNS}, (SELECT seq FROM audit_heads WHERE business_id = $1) AS "headSeq",
        (SELECT hash FROM audit_heads WHERE business_id = $1) AS "headHash"
      FROM audit_entries WHERE business_id = $1 ORDER BY seq`,
    values: [businessId],
  };
}

/** A head that counts entries where there is none: everything was cut off. */
async function verdictWithoutEntries(database: Database, businessId: string): Promise<AuditVerdict> {
  const { rowCount } = await database.pool.query(
    `SELECT FROM audit_heads AS head WHERE business_id = $1 AND seq > 0
       AND NOT EXISTS (SELECT FROM audit_entries WHERE business_id = head.business_id)`,
    [businessId],
  );
  return rowCount === 0 ? { ok: true, entries: 0 } : { ok: false, brokenAt: 1 };
}

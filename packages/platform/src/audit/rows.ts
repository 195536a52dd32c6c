import type { ChainedEntry } from '@mlc/core';

/** Columns of an audit entry, named as in `ChainedEntry`. */
export const AUDIT_COLUMNS = `business_id AS "businessId", seq, at, actor, action, subject,
  correlation_id AS "correlationId", details, prev_hash AS "prevHash", hash`;

/** What the driver makes of AUDIT_COLUMNS: bigints come as text. */
export interface AuditRow extends Omit<ChainedEntry, 'seq'> {
  readonly seq: string;
}

/** The entry of a row. */
export function chainedEntryOf(row: AuditRow): ChainedEntry {
  return { ...row, seq: Number(row.seq) };
}

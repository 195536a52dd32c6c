import type { Subject } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** As much of an entry as tells what it changed. */
export interface FeedEntry {
  readonly seq: number;
  readonly action: string;
  readonly subject: Subject;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The newest number of each of these chains; one without entries is left out. */
export async function headsOf(
  { pool }: Pick<Database, 'pool'>,
  businessIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ id: string; seq: string }>({
    name: 'mlc_audit_heads',
    text: 'SELECT business_id AS id, seq FROM audit_heads WHERE business_id = ANY($1)',
    values: [[...businessIds]],
  });
  return new Map(rows.map(({ id, seq }) => [id, Number(seq)]));
}

/** Entries of a chain behind a number, oldest first. */
export async function entriesBehind(
  { pool }: Pick<Database, 'pool'>,
  { businessId, seq, limit }: { readonly businessId: string; readonly seq: number; readonly limit: number },
): Promise<readonly FeedEntry[]> {
  const { rows } = await pool.query<Omit<FeedEntry, 'seq'> & { seq: string }>({
    name: 'mlc_audit_behind',
    text: `SELECT seq, action, subject, details FROM audit_entries WHERE business_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    values: [businessId, seq, limit],
  });
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

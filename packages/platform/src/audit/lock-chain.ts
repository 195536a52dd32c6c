import { EMPTY_CHAIN, type ChainHead } from '@mlc/core';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { entryOf, type ReceiptRow, RECEIPTS_PER_APPEND, type TimedEntry } from './receipts.ts';

/** The end of a chain, and what has to go behind it first. */
export interface LockedChain {
  readonly head: ChainHead;
  /** What the ingress saw since, oldest first. */
  readonly receipts: readonly TimedEntry[];
}

interface LockedRow {
  readonly seq: BigintColumn;
  readonly hash: string;
  readonly receipts: readonly ReceiptRow[] | null;
}

/**
 * Locks the head of a chain until the transaction ends, which is what orders the appends, and takes the receipts of
 * the ingress away for the caller to append.
 * @throws when called outside a transaction, where the lock would be gone at once.
 */
export async function lockChain(sql: Sql, businessId: string): Promise<LockedChain> {
  if (!sql.isTransaction) throw new Error('the audit log is appended to inside a transaction only');
  let row = await lockRow(sql, businessId);
  if (row === undefined) {
    await createHead(sql, businessId);
    row = await lockRow(sql, businessId);
  }
  if (row === undefined) throw new Error(`the audit chain of ${businessId} has no head`);
  const receipts = [...(row.receipts ?? [])].sort((left, right) => left.id - right.id).map(entryOf);
  return { head: { seq: Number(row.seq), hash: row.hash }, receipts };
}

/**
 * One statement, because every other append to the chain waits from here to the commit. The DELETE asks for the locked
 * head, so that it runs after the lock was got; rows that somebody else took meanwhile are not taken again.
 */
async function lockRow(sql: Sql, businessId: string): Promise<LockedRow | undefined> {
  const [row] = await sql.rows<LockedRow>(LOCK, [businessId]);
  return row;
}

const LOCK = `
  WITH head AS MATERIALIZED (
    SELECT seq, hash FROM audit_heads WHERE business_id = $1 FOR UPDATE
  ), taken AS (
    DELETE FROM webhook_receipts WHERE EXISTS (SELECT FROM head) AND id IN (
      SELECT id FROM webhook_receipts WHERE business_id = $1 ORDER BY id LIMIT ${RECEIPTS_PER_APPEND})
    RETURNING id, connection_id AS "connectionId", kind, details, at
  )
  SELECT head.seq, head.hash, (SELECT jsonb_agg(taken) FROM taken) AS receipts FROM head`;

async function createHead(sql: Sql, businessId: string): Promise<void> {
  const { seq, hash } = EMPTY_CHAIN;
  await sql.count(
    'INSERT INTO audit_heads (business_id, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (business_id) DO NOTHING',
    [businessId, seq, hash],
  );
}

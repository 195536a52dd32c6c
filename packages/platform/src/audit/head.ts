import { EMPTY_CHAIN, type ChainHead } from '@mlc/core';
import type { Executor } from '../db/database.ts';

/**
 * Locks the head of a chain until the transaction ends: this is what orders the appends.
 * @throws when called outside a transaction, where the lock would be gone at once.
 */
export async function lockHead(executor: Executor, businessId: string): Promise<ChainHead> {
  if (!isTransaction(executor)) throw new Error('the audit log is appended to inside a transaction only');
  const head = await selectHead(executor, businessId);
  if (head !== undefined) return head;
  const { seq, hash } = EMPTY_CHAIN;
  await executor.$executeRaw`
    INSERT INTO audit_heads (business_id, seq, hash) VALUES (${businessId}, ${BigInt(seq)}, ${hash})
    ON CONFLICT (business_id) DO NOTHING`;
  return (await selectHead(executor, businessId)) ?? EMPTY_CHAIN;
}

async function selectHead(executor: Executor, businessId: string): Promise<ChainHead | undefined> {
  const [row] = await executor.$queryRaw<{ seq: bigint; hash: string }[]>`
    SELECT seq, hash FROM audit_heads WHERE business_id = ${businessId} FOR UPDATE`;
  return row && { seq: Number(row.seq), hash: row.hash };
}

/** Prisma's client can connect; what it hands into a transaction is connected already. */
function isTransaction(executor: object): boolean {
  return !('$connect' in executor);
}

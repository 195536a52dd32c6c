import type { AuditEntry } from '@mlc/core';
import type { Executor } from '../db/database.ts';

/** An entry with the time it happened. */
export interface TimedEntry extends AuditEntry {
  readonly at: Date;
}

/** Most receipts one append takes along; what is left goes with the next, so that no flow waits for a flood. */
export const RECEIPTS_PER_APPEND = 200;

interface ReceiptRow {
  readonly id: bigint;
  readonly connection_id: string;
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/**
 * Takes the oldest receipts of the ingress away and returns them as the audit entries they become. The caller holds
 * the head of the chain, so that nobody else folds this business.
 */
export async function takeReceipts(executor: Executor, businessId: string): Promise<TimedEntry[]> {
  const rows = await executor.$queryRaw<ReceiptRow[]>`
    DELETE FROM webhook_receipts WHERE id IN (
      SELECT id FROM webhook_receipts WHERE business_id = ${businessId} ORDER BY id LIMIT ${RECEIPTS_PER_APPEND})
    RETURNING id, connection_id, kind, details, at`;
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1)).map(entryOf);
}

function entryOf(row: ReceiptRow): TimedEntry {
  return {
    at: row.at,
    actor: 'system',
    action: `webhook.${row.kind}`,
    subject: { provider: 'mlc', type: 'connection', id: row.connection_id },
    correlationId: null,
    details: row.details,
  };
}

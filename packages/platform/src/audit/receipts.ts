import type { AuditEntry } from '@mlc/core';

/** An entry with the time it happened. */
export interface TimedEntry extends AuditEntry {
  readonly at: Date;
}

/** Most receipts one append takes along; what is left goes with the next, so that no flow waits for a flood. */
export const RECEIPTS_PER_APPEND = 200;

/** What the ingress saw, as Postgres writes it in JSON. */
export interface ReceiptRow {
  readonly id: number;
  readonly connectionId: string;
  /** `stored` or `refused`. */
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** RFC 3339. */
  readonly at: string;
}

/** The audit entry a receipt becomes. */
export function entryOf(row: ReceiptRow): TimedEntry {
  return {
    at: new Date(row.at),
    actor: 'system',
    action: `webhook.${row.kind}`,
    subject: { provider: 'mlc', type: 'connection', id: row.connectionId },
    correlationId: null,
    details: row.details,
  };
}

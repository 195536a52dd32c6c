import type { Subject } from '@mlc/core';
import { AUDIT_COLUMNS, type AuditRow } from '../audit/rows.ts';
import { type Query, readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One entry as `mlc audit list` shows it (contract section 6). */
export interface AuditView {
  readonly seq: number;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: Subject;
  readonly correlationId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly prevHash: string;
  readonly hash: string;
}

/** Audit entries chain by chain, each in its order; with `limit` only the newest ones. */
export async function* listAudit(
  database: Database,
  filter: ViewFilter & { readonly limit?: number | undefined } = {},
): AsyncGenerator<AuditView> {
  for await (const row of readRows<AuditRow>(database, auditQuery(filter))) yield viewOf(row);
}

function auditQuery({ businessId, limit }: ViewFilter & { readonly limit?: number | undefined }): Query {
  const where = whereEquals({ business_id: businessId });
  const inOrder = 'ORDER BY business_id, seq';
  if (limit === undefined) {
    return {
      text: `SELECT ${AUDIT_COLUMNS} FROM audit_entries ${where.text} ${inOrder}`,
      values: where.values,
    };
  }
  const newest = businessId === undefined ? 'at DESC, seq DESC' : 'seq DESC';
  return {
    text: `SELECT ${AUDIT_COLUMNS} FROM (
        SELECT * FROM audit_entries ${where.text} ORDER BY ${newest} LIMIT $${String(where.values.length + 1)}
      ) AS newest ${inOrder}`,
    values: [...where.values, limit],
  };
}

function viewOf(row: AuditRow): AuditView {
  const { provider, type, id } = row.subject;
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    subject: { provider, type, id },
    correlationId: row.correlationId,
    details: row.details,
    prevHash: row.prevHash,
    hash: row.hash,
  };
}

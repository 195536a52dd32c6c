import type { Candidate, ReviewKind, Subject } from '@mlc/core';
import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One review as `mlc reviews list` shows it (contract section 6). */
export interface ReviewView {
  readonly id: string;
  readonly kind: ReviewKind;
  readonly state: 'open' | 'resolved';
  readonly subject: Subject;
  readonly amountMinor: number | null;
  readonly currency: string | null;
  readonly reasons: readonly string[];
  readonly candidates: readonly Candidate[];
  /** RFC 3339 UTC. */
  readonly openedAt: string;
}

interface Row extends Omit<ReviewView, 'amountMinor' | 'openedAt'> {
  readonly amountMinor: string | null;
  readonly openedAt: Date;
}

/** Reviews in the order they were opened. */
export async function* listReviews(
  database: Database,
  filter: ViewFilter & { readonly state?: 'open' | 'resolved' | undefined } = {},
): AsyncGenerator<ReviewView> {
  const where = whereEquals({ business_id: filter.businessId, state: filter.state });
  const rows = readRows<Row>(database, {
    text: `SELECT id, kind, state,
        json_build_object('provider', subject_provider, 'type', subject_type, 'id', subject_id) AS subject,
        amount_minor AS "amountMinor", currency, reasons, candidates, opened_at AS "openedAt"
      FROM reviews ${where.text}
      ORDER BY opened_at, business_id COLLATE "C", kind COLLATE "C", subject_id COLLATE "C", id COLLATE "C"`,
    values: where.values,
  });
  for await (const row of rows) {
    const amountMinor = row.amountMinor === null ? null : Number(row.amountMinor);
    yield {
      ...row,
      amountMinor,
      candidates: row.candidates.map(plainCandidate),
      openedAt: row.openedAt.toISOString(),
    };
  }
}

/** JSONB forgets the order of keys; people and scripts see the contract's. */
function plainCandidate({ invoiceId, invoiceNumber, score, why }: Candidate): Candidate {
  return { invoiceId, invoiceNumber, score, why };
}

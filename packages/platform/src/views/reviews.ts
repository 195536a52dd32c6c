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

/** A review as Postgres gives it, by `REVIEW_COLUMNS`. */
export interface ReviewRow extends Omit<ReviewView, 'amountMinor' | 'openedAt'> {
  readonly amountMinor: string | null;
  readonly openedAt: Date;
}

/** What of `reviews` makes a view. */
export const REVIEW_COLUMNS = `reviews.id, kind, reviews.state,
  json_build_object('provider', subject_provider, 'type', subject_type, 'id', subject_id) AS subject,
  amount_minor AS "amountMinor", currency, reasons, candidates, opened_at AS "openedAt"`;

/** Reviews in the order they were opened. */
export async function* listReviews(
  database: Database,
  filter: ViewFilter & { readonly state?: 'open' | 'resolved' | undefined } = {},
): AsyncGenerator<ReviewView> {
  const where = whereEquals({ business_id: filter.businessId, state: filter.state });
  const rows = readRows<ReviewRow>(database, {
    text: `SELECT ${REVIEW_COLUMNS} FROM reviews ${where.text}
      ORDER BY opened_at, business_id COLLATE "C", kind COLLATE "C", subject_id COLLATE "C", reviews.id COLLATE "C"`,
    values: where.values,
  });
  for await (const row of rows) yield reviewOf(row);
}

/** The view of a row; its keys in the contract's order. */
export function reviewOf(row: ReviewRow): ReviewView {
  const { id, kind, state, subject, amountMinor, currency, reasons, candidates, openedAt } = row;
  return {
    id,
    kind,
    state,
    subject,
    amountMinor: amountMinor === null ? null : Number(amountMinor),
    currency,
    reasons,
    candidates: candidates.map(plainCandidate),
    openedAt: openedAt.toISOString(),
  };
}

/** JSONB forgets the order of keys; people and scripts see the contract's. */
function plainCandidate({ invoiceId, invoiceNumber, score, why }: Candidate): Candidate {
  return { invoiceId, invoiceNumber, score, why };
}

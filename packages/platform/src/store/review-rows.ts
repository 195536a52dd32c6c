import type { Candidate, Review, ReviewAction, ReviewKind } from '@mlc/core';
import type { BigintColumn } from '../postgres/sql.ts';

export const REVIEW_COLUMNS = [
  ...[
    'id',
    'kind',
    'state',
    'subjectProvider',
    'subjectType',
    'subjectId',
    'amountMinor',
    'currency',
    'reasons',
  ],
  ...['candidates', 'covers', 'eventId', 'openedAt', 'action', 'note', 'resolvedBy'],
  ...['chosenInvoiceId', 'chosenCustomerId'],
];

/** Columns of a review as they are read, by whomever. */
export interface ReviewRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly subjectProvider: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly amountMinor: BigintColumn | null;
  readonly currency: string | null;
  readonly reasons: readonly string[];
  readonly candidates: unknown;
  readonly covers: string | null;
  readonly eventId: string | null;
  readonly openedAt: Date;
  readonly action: string | null;
  readonly note: string | null;
  readonly resolvedBy: string | null;
  readonly chosenInvoiceId: string | null;
  readonly chosenCustomerId: string | null;
}

/** A stored review as the flows see it. */
export function reviewOf(row: ReviewRow): Review {
  return {
    id: row.id,
    kind: row.kind as ReviewKind,
    state: row.state === 'open' ? 'open' : 'resolved',
    subject: { provider: row.subjectProvider, type: row.subjectType, id: row.subjectId },
    amount:
      row.amountMinor === null || row.currency === null
        ? null
        : { minor: BigInt(row.amountMinor), currency: row.currency },
    reasons: row.reasons,
    candidates: row.candidates as readonly Candidate[],
    covers: row.covers,
    openedAt: row.openedAt,
    eventId: row.eventId,
    resolution: row.state === 'open' ? null : resolutionOf(row),
  };
}

function resolutionOf(row: ReviewRow): NonNullable<Review['resolution']> {
  return {
    action: (row.action ?? 'done') as ReviewAction,
    note: row.note ?? '',
    by: row.resolvedBy ?? 'system',
    invoiceId: row.chosenInvoiceId,
    customerId: row.chosenCustomerId,
  };
}

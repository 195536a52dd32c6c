import type { Candidate, Review, ReviewAction, ReviewKind, Subject } from '@mlc/core';
import type { Review as ReviewRow } from '../postgres/generated/client.ts';

/** A subject as the columns it is stored in. */
export function subjectColumns(subject: Subject) {
  return { subjectProvider: subject.provider, subjectType: subject.type, subjectId: subject.id };
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
        : { minor: row.amountMinor, currency: row.currency },
    reasons: row.reasons,
    candidates: row.candidates as unknown as readonly Candidate[],
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

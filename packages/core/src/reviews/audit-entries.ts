import type { Review } from '../ports/reviews.ts';
import type { AuditEntry } from '../ports/store.ts';
import type { ReviewAnswer } from './resolution.ts';

/** What the audit log says about a new question. */
export function reviewOpenedEntry(review: Review, correlationId: string | null): AuditEntry {
  const { id: reviewId, kind, subject, amount, reasons, candidates, covers, eventId } = review;
  const amountMinor = amount?.minor ?? null;
  const currency = amount?.currency ?? null;
  return {
    actor: 'system',
    action: 'review.opened',
    subject,
    correlationId,
    details: { reviewId, kind, amountMinor, currency, reasons, candidates, covers, eventId },
  };
}

/** What it says about the answer, of a person or of `system`. */
export function reviewResolvedEntry(
  review: Review,
  answer: ReviewAnswer,
  correlationId: string | null,
): AuditEntry {
  const { id: reviewId, kind, subject } = review;
  const { by: actor, action, note, invoiceId = null, customerId = null } = answer;
  return {
    actor,
    action: 'review.resolved',
    subject,
    correlationId,
    details: { reviewId, kind, action, note, invoiceId, customerId },
  };
}

/** An answer as it is kept with its review: what was chosen counts for `match` only. */
export function resolutionOf(answer: ReviewAnswer): NonNullable<Review['resolution']> {
  const { action, note, by, invoiceId = null, customerId = null } = answer;
  const isMatch = action === 'match';
  return {
    action,
    note,
    by,
    invoiceId: isMatch ? invoiceId : null,
    customerId: isMatch ? customerId : null,
  };
}

import { type FlowContext, formatMoney, noteCarriesKey, type Posting } from '@mlc/core';
import { invoiceLock } from './locks.ts';
import { invoiceSubject, sourceSubject } from './review.ts';

/**
 * The second look after an unclear outcome (design section 8, step 4): an answer that came very late may have put the
 * same entry into the books twice. Every one but ours is taken back, and a person is told.
 */
export async function recheck(context: FlowContext, key: string): Promise<void> {
  const posting = await context.store.postings.byKey(key);
  if (posting?.invoiceId == null) return;
  const { invoiceId } = posting;
  await context.locks.withLock(invoiceLock(context.business.id, invoiceId), async () => {
    const payments = await context.books.listPayments(invoiceId);
    const doubles = payments.filter(
      (payment) =>
        noteCarriesKey(payment.note, key) && payment.id !== posting.externalId && posting.externalId !== null,
    );
    for (const double of doubles) await context.books.deletePayment(double.id);
    await conclude(
      context,
      posting,
      doubles.map((double) => double.id),
    );
  });
}

async function conclude(context: FlowContext, posting: Posting, removed: readonly string[]): Promise<void> {
  await context.store.transaction(async (tx) => {
    // An intent that is still open is looked at by its own event's retry; this look-up is over either way.
    await tx.postings.update(posting.key, { recheckAt: null });
    if (removed.length === 0) return;
    await tx.audit.append({
      actor: 'system',
      action: 'posting.double-removed',
      subject: invoiceSubject(posting.invoiceId ?? ''),
      correlationId: null,
      details: { key: posting.key, kept: posting.externalId, removed },
    });
    await tx.reviews.open({
      kind: 'overpayment',
      subject: sourceSubject(posting.source),
      amount: posting.amount,
      reasons: [
        `FreshBooks carried out an entry of ${formatMoney(posting.amount)} twice; payment ${removed.join(', ')} was taken back, ` +
          `${posting.externalId ?? ''} stays. Check that no client credit was left behind.`,
      ],
      candidates: [],
      eventId: posting.eventId,
    });
  });
}

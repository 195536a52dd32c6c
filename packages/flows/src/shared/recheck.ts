import {
  type BookPayment,
  type FlowContext,
  formatMoney,
  noteCarriesKey,
  type Posting,
  sameMoney,
} from '@mlc/core';
import { invoiceLock } from './locks.ts';
import { invoiceSubject, sourceSubject } from './review.ts';

/**
 * The second look after an unclear outcome (design section 8, step 4): an answer that came very late may have put the
 * same entry into the books twice. Every one but the whole one is taken back, and a person is told. The ledger says what the
 * provider holds, and the money came once: it has one collection per posting, whichever entry in the books stays, so nothing
 * is written to it here.
 */
export async function recheck(context: FlowContext, key: string): Promise<void> {
  const posting = await context.store.postings.byKey(key);
  if (posting?.invoiceId == null) return;
  const { invoiceId } = posting;
  await context.locks.withLock(invoiceLock(context.business.id, invoiceId), async () => {
    const payments = await context.books.listPayments(invoiceId);
    const same = payments.filter((payment) => noteCarriesKey(payment.note, key));
    const keptId = entryToKeep(posting, same);
    const doubles = posting.externalId === null ? [] : same.filter((payment) => payment.id !== keptId);
    for (const double of doubles) await context.books.deletePayment(double.id);
    const removed = doubles.map((double) => double.id);
    await conclude(context, { posting, keptId, removed });
  });
}

/**
 * The entry that stays. When the late one came just before ours it is whole, and ours was split: FreshBooks found nothing
 * outstanding any more. Taking the whole one back would reopen the invoice, and its client would be debited again.
 */
function entryToKeep(posting: Posting, same: readonly BookPayment[]): string | null {
  if (posting.state === 'reversed') return null;
  const isWhole = (payment: BookPayment): boolean => sameMoney(payment.amount, posting.amount);
  const ours = same.find((payment) => payment.id === posting.externalId);
  if (ours !== undefined && isWhole(ours)) return ours.id;
  return same.find(isWhole)?.id ?? posting.externalId;
}

interface Conclusion {
  readonly posting: Posting;
  readonly keptId: string | null;
  readonly removed: readonly string[];
}

async function conclude(context: FlowContext, { posting, keptId, removed }: Conclusion): Promise<void> {
  await context.store.transaction(async (tx) => {
    // An intent that is still open is looked at by its own event's retry; this look-up is over either way.
    const isOpen = posting.externalId === null;
    await tx.postings.update(posting.key, {
      recheckAt: null,
      ...(isOpen || keptId === null ? {} : { externalId: keptId }),
    });
    if (removed.length === 0) return;
    await tx.audit.append({
      actor: 'system',
      action: 'posting.double-removed',
      subject: invoiceSubject(posting.invoiceId ?? ''),
      correlationId: null,
      details: { key: posting.key, kept: keptId, removed },
    });
    await tx.reviews.open({
      kind: 'overpayment',
      subject: sourceSubject(posting.source),
      amount: posting.amount,
      reasons: [
        `FreshBooks carried out an entry of ${formatMoney(posting.amount)} twice; payment ${removed.join(', ')} was taken back, ` +
          `${keptId ?? 'none'} stays. Check that no client credit was left behind.`,
      ],
      candidates: [],
      eventId: posting.eventId,
    });
  });
}

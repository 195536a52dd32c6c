import { asideEntries, type FlowContext, formatMoney, type Posting, type Repositories } from '@mlc/core';
import { takenBackBy } from '../booking/by-hand.ts';
import { isInOpening, recordInLedger } from '../ledger/in-ledger.ts';
import { invoiceName, sourceSubject } from '../running/subjects.ts';

/**
 * A payment was taken back from its invoice, but its money is still there: the ledger keeps it as unallocated, and a person
 * is asked where it belongs. For the transaction that records the reversal, after the postings.
 */
export async function recordMoneyAside(
  context: FlowContext,
  tx: Repositories,
  { posting, reversal, today }: { posting: Posting; reversal: Posting; today: string },
): Promise<void> {
  const { source, amount, eventId, invoiceId } = posting;
  const subject = sourceSubject(source);
  const earlier = await tx.ledger.ofSource(subject);
  const collected = earlier.find(({ key }) => key === `collection:${posting.key}`);
  const factDate = collected?.factDate ?? posting.date;
  const isInOpeningBalance = isInOpening(context, { provider: source.provider, date: factDate });
  const fact = { source: subject, amount, factDate, eventId, isInOpeningBalance };
  const note = `${source.id} taken back by hand from invoice ${invoiceId ?? ''}`;
  await recordInLedger(tx, fact, (entries) =>
    asideEntries({ ...fact, factDate: today }, { place: reversal.key, note }, entries),
  );
  await tx.reviews.open({
    kind: 'unmatched_payment',
    subject,
    amount,
    reasons: [
      `${formatMoney(amount)} of ${source.id} was taken back by hand from invoice ${invoiceName(posting)} (${reversal.note}).`,
      'The money itself stayed: match it with the invoice it is for, or resolve this with done or ignore to leave it. Until it ' +
        `is matched elsewhere, invoice ${invoiceName(posting)} is not collected: mlc collections release collects it all the same.`,
    ],
    candidates: [],
    covers: takenBackBy(reversal),
    eventId,
  });
}

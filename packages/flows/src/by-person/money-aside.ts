import {
  asideEntries,
  type Effect,
  type FlowContext,
  formatMoney,
  opens,
  type Posting,
  step,
} from '@mlc/core';
import { takenBackBy } from '../booking/by-hand.ts';
import { isInOpening, recordInLedger } from '../ledger/in-ledger.ts';
import { invoiceName, sourceSubject } from '../running/subjects.ts';

/**
 * A payment was taken back from its invoice, but its money is still there: the ledger keeps it as unallocated, and a person
 * is asked where it belongs.
 */
export function moneyAside(
  context: FlowContext,
  { posting, reversal, today }: { posting: Posting; reversal: Pick<Posting, 'key' | 'note'>; today: string },
): readonly Effect[] {
  const { source, amount, eventId, invoiceId } = posting;
  const subject = sourceSubject(source);
  const note = `${source.id} taken back by hand from invoice ${invoiceId ?? ''}`;
  const unallocated = step('ledger', async (tx) => {
    const earlier = await tx.ledger.ofSource(subject);
    const collected = earlier.find(({ key }) => key === `collection:${posting.key}`);
    const factDate = collected?.factDate ?? posting.date;
    const isInOpeningBalance = isInOpening(context, { provider: source.provider, date: factDate });
    const fact = { source: subject, amount, factDate, eventId, isInOpeningBalance };
    await recordInLedger(tx, fact, (entries) =>
      asideEntries({ ...fact, factDate: today }, { place: reversal.key, note }, entries),
    );
  });
  const invoice = invoiceName(posting);
  const reasons = [
    `${formatMoney(amount)} of ${source.id} was taken back by hand from invoice ${invoice} (${reversal.note}).`,
    'The money itself stayed: match it with the invoice it is for, or resolve this with done or ignore to leave it. Until it ' +
      `is matched elsewhere, invoice ${invoice} is not collected: mlc collections release collects it all the same.`,
  ];
  const covers = takenBackBy(reversal);
  const question = { kind: 'unmatched_payment' as const, subject, amount, reasons, candidates: [], covers };
  return [unallocated, opens({ ...question, eventId })];
}

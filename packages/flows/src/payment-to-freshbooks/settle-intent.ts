import { type FlowContext, noteCarriesKey, type PaymentFact, type Posting } from '@mlc/core';
import { recordInLedger } from '../ledger/in-ledger.ts';
import { secondLookAt, waitOutSettling } from '../booking/unclear-outcome.ts';

/**
 * An entry was intended, its outcome is not known, and now the money is gone: find out whether it is in the books.
 * Returns the posting with its external id, or null when it never got there (recorded as `rejected`).
 */
export async function settleIntent(
  context: FlowContext,
  posting: Posting,
  fact: PaymentFact,
): Promise<Posting | null> {
  if (posting.calledAt !== null) waitOutSettling(context, 'createPayment', posting.calledAt);
  const recheckAt = secondLookAt(context, posting);
  const payments = await context.books.listPayments(posting.invoiceId ?? '');
  const found = payments.find((payment) => noteCarriesKey(payment.note, posting.key));
  if (found === undefined) {
    await context.store.transaction((tx) =>
      tx.postings.update(posting.key, { state: 'rejected', calledAt: null, recheckAt }),
    );
    return null;
  }
  await context.store.transaction(async (tx) => {
    await tx.postings.update(posting.key, { state: 'posted', externalId: found.id, recheckAt });
    await recordInLedger(tx, fact);
  });
  return { ...posting, state: 'posted', externalId: found.id };
}

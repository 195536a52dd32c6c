import type { Invoice, Posting, Repositories } from '@mlc/core';

/**
 * The invoice got a payment: other payments that might have been for it, and waited for a person to say, are matched anew.
 * Where only one invoice is left for them, they end as they would have, had they come later (design section 7: the answer
 * does not depend on timing).
 */
export async function matchOthersAgain(tx: Repositories, invoiceId: string): Promise<void> {
  const open = await tx.reviews.openOfKind('ambiguous_match');
  const concerned = open.filter(({ candidates }) =>
    candidates.some((candidate) => candidate.invoiceId === invoiceId),
  );
  await tx.events.rerun(concerned.flatMap(({ eventId }) => eventId ?? []));
}

/**
 * The money found its place: invoices that a person took it off, and that were not collected meanwhile, are looked at again.
 * `postings` are all of the money.
 */
export async function lookAtInvoicesLeft(
  tx: Repositories,
  postings: readonly Posting[],
  placedOn: string | null,
): Promise<void> {
  const left = postings.flatMap(({ kind, state, invoiceId }) =>
    kind === 'payment' && state === 'reversed' && invoiceId !== null && invoiceId !== placedOn
      ? [invoiceId]
      : [],
  );
  if (left.length > 0) await tx.events.rerunInvoices(left);
}

/**
 * An invoice is open that may not have been there when money came that no invoice explained: such money is matched anew when
 * it is what is outstanding, or when the invoice was written since the question (a part of it may be named by its number).
 */
export async function matchUnmatchedAgain(tx: Repositories, invoice: Invoice): Promise<void> {
  const { currency, minor } = invoice.outstanding;
  const open = await tx.reviews.openOfKind('unmatched_payment');
  const concerned = open.filter(({ amount, openedAt }) => {
    if (amount?.currency !== currency) return false;
    const isWrittenSince = invoice.createdDate >= openedAt.toISOString().slice(0, 10);
    return amount.minor === minor || (isWrittenSince && amount.minor < minor);
  });
  await tx.events.rerun(concerned.flatMap(({ eventId }) => eventId ?? []));
}

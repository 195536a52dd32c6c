import type { Invoice, Repositories } from '@mlc/core';

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

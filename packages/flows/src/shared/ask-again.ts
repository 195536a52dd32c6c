import type { Repositories } from '@mlc/core';

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

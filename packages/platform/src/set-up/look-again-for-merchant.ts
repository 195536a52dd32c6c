import { type Clock, merchantSubject, NAMES_OTHER_MERCHANT } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';

/** How such payments ended before they were asked about. */
const ENDED_UNASKED = 'paid-to-another';

/**
 * Another merchant was named, or other credentials given: the question which of them is right is over, and every payment
 * that was kept back runs again. What still names another merchant asks anew.
 */
export async function lookAgainForMerchant(
  { tx, businessId, clock }: { tx: Executor; businessId: string; clock: Clock },
  connectionId: string,
  merchantBefore: string,
): Promise<void> {
  const { reviews, events } = repositoriesOn(tx, businessId, clock);
  const why = 'another merchant or other credentials were applied';
  await reviews.settle(['reauthorise'], merchantSubject(merchantBefore), why);
  const keptBack = await tx.inboundEvent.findMany({
    where: {
      connectionId,
      state: { in: ['done', 'skipped'] },
      OR: [{ reason: { contains: NAMES_OTHER_MERCHANT } }, { ending: ENDED_UNASKED }],
    },
    select: { id: true },
  });
  await events.rerun(keptBack.map(({ id }) => String(id)));
}

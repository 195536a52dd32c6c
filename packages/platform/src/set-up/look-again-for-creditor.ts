import type { Clock, EndingCode } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';

/**
 * Another creditor was chosen: whatever was not ours, or had no mandate, may be ours or have one now. Its events run again.
 */
export async function lookAgainForCreditor(
  { tx, businessId, clock }: { tx: Executor; businessId: string; clock: Clock },
  connectionId: string,
): Promise<void> {
  const { reviews, events } = repositoriesOn(tx, businessId, clock);
  const asked = (await reviews.openOfKind('no_mandate')).flatMap(({ eventId }) => eventId ?? []);
  const passedOver = await tx.inboundEvent.findMany({
    where: { connectionId, state: 'skipped', ending: OF_OTHERS },
    select: { id: true },
  });
  await events.rerun([...asked, ...passedOver.map(({ id }) => String(id))]);
}

/** How a run ends over something of another business. */
const OF_OTHERS: EndingCode = 'of-another-business';

import { addsUp, type FlowContext, type Payout, type PayoutItem, sumsOf } from '@mlc/core';

/**
 * Keeps the payout with its items, fetched at once because GoCardless forgets them after six months; items kept before that
 * add up are not fetched again. Returns the items, null when there are none any more.
 */
export async function keepPayout(
  context: FlowContext,
  payout: Payout,
): Promise<readonly PayoutItem[] | null> {
  const { store } = context;
  const kept = (await store.payouts.get(payout.id))?.items ?? null;
  if (kept !== null && addsUp(payout.net.minor, sumsOf(kept))) {
    await store.transaction((tx) => tx.payouts.put(payout, null));
    return kept;
  }
  const fetched = await context.payouts.listItems(payout.id);
  // None yet of a payout that is being made: they are fetched again when it is paid.
  const isEarly = fetched?.length === 0 && payout.net.minor !== 0n;
  const items = isEarly ? null : fetched;
  await store.transaction(async (tx) => {
    await tx.payouts.put(payout, items);
    if (kept !== null && items !== null) await tx.payouts.replaceItems(payout.id, items);
  });
  return fetched ?? kept;
}

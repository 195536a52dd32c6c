import {
  addsUp,
  type Effect,
  type KeptPayout,
  opens,
  paymentIdsOf,
  payoutSubject,
  type Repositories,
  settles,
  step,
  sumsOf,
  unexplainedOf,
} from '@mlc/core';
import { unexplainedCovered, unexplainedReasons } from './payout-reasons.ts';
import { debitSubject } from '../running/subjects.ts';

/**
 * Writes the rows that make a GoCardless payment ours, whichever way that came about; payouts that hold it learn of it. A payout
 * that is being booked at this moment is waited for.
 */
export async function asOurs(
  tx: Repositories,
  paymentId: string,
  write: () => Promise<void>,
): Promise<readonly Effect[]> {
  await tx.ledger.ofSource(debitSubject(paymentId));
  await write();
  return [settlesPayoutsOf(paymentId)];
}

/**
 * A GoCardless payment became ours (followed or booked): payouts that hold an item of it may have nothing unexplained left,
 * and their questions are settled; others ask for what is left.
 */
export function settlesPayoutsOf(paymentId: string): Effect {
  return step('looks', async (tx) => {
    // A payout that is being booked at this moment is waited for: it does not know of this payment yet.
    const [, items] = await Promise.all([
      tx.ledger.ofSource(debitSubject(paymentId)),
      tx.payouts.itemsOfPayment(paymentId),
    ]);
    const effects: Effect[] = [];
    for (const payoutId of new Set(items.map((item) => item.payoutId))) {
      const kept = await tx.payouts.get(payoutId);
      if (kept !== null) effects.push(...(await settleOne(tx, kept)));
    }
    return effects;
  });
}

async function settleOne(tx: Repositories, { payout, items }: KeptPayout): Promise<Effect[]> {
  const open = (await tx.reviews.openOn(payoutSubject(payout.id))).find(
    ({ kind }) => kind === 'payout_unexplained',
  );
  // One whose items do not add up asks for something else.
  if (open === undefined || items === null || !addsUp(payout.net.minor, sumsOf(items))) return [];
  const ours = await tx.payouts.oursAmong(paymentIdsOf(items));
  const left = unexplainedOf(items, ours);
  if (left.minor === 0n)
    return [settles(['payout_unexplained'], open.subject, 'every payment in it is explained now')];
  const { kind, subject, candidates, eventId } = open;
  const amount = { ...payout.net, minor: left.minor };
  const said = { reasons: unexplainedReasons(payout, left), covers: unexplainedCovered(left) };
  return [opens({ kind, subject, amount, candidates, eventId, ...said })];
}

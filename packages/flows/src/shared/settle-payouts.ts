import {
  addsUp,
  type KeptPayout,
  paymentIdsOf,
  payoutSubject,
  type Repositories,
  sumsOf,
  unexplainedOf,
} from '@mlc/core';
import { unexplainedCovered, unexplainedReasons } from './payout-reasons.ts';
import { debitSubject } from './review.ts';

/**
 * Records what makes a GoCardless payment ours, whichever way that came about; payouts that hold it learn of it. Nothing of the
 * audit log may have been written in this transaction yet: who books a payout takes the ledger's lock before the log's.
 */
export async function recordAsOurs(
  tx: Repositories,
  paymentId: string,
  record: () => Promise<void>,
): Promise<void> {
  await tx.ledger.ofSource(debitSubject(paymentId));
  await record();
  await settlePayoutsOf(tx, paymentId);
}

/**
 * A GoCardless payment became ours (followed or booked): payouts that hold an item of it may have nothing unexplained left,
 * and their questions are settled; others ask for what is left. For the transaction that records it, after the record.
 */
export async function settlePayoutsOf(tx: Repositories, paymentId: string): Promise<void> {
  // A payout that is being booked at this moment is waited for: it does not know of this payment yet.
  await tx.ledger.ofSource(debitSubject(paymentId));
  const items = await tx.payouts.itemsOfPayment(paymentId);
  for (const payoutId of new Set(items.map((item) => item.payoutId))) {
    const kept = await tx.payouts.get(payoutId);
    if (kept !== null) await settleOne(tx, kept);
  }
}

async function settleOne(tx: Repositories, { payout, items }: KeptPayout): Promise<void> {
  const open = (await tx.reviews.openOn(payoutSubject(payout.id))).find(
    ({ kind }) => kind === 'payout_unexplained',
  );
  // One whose items do not add up asks for something else.
  if (open === undefined || items === null || !addsUp(payout.net.minor, sumsOf(items))) return;
  const ours = await tx.payouts.oursAmong(paymentIdsOf(items));
  const left = unexplainedOf(items, ours);
  if (left.minor === 0n) {
    await tx.reviews.settle(['payout_unexplained'], open.subject, 'every payment in it is explained now');
    return;
  }
  const { kind, subject, candidates, eventId } = open;
  const amount = { ...payout.net, minor: left.minor };
  await tx.reviews.open({
    kind,
    subject,
    amount,
    candidates,
    eventId,
    reasons: unexplainedReasons(payout, left),
    covers: unexplainedCovered(left),
  });
}

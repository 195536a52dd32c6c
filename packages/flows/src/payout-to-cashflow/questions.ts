import {
  formatMoney,
  type ItemSums,
  minorFromTenths,
  type Payout,
  type PayoutItem,
  payoutSubject,
} from '@mlc/core';
import type { Question } from '../asking/review.ts';

/** GoCardless has the payout, but its items no longer, and they were not kept here. */
export function itemsGone(payout: Payout): Question {
  return {
    kind: 'payout_unexplained',
    subject: payoutSubject(payout.id),
    amount: payout.net,
    reasons: [
      `Payout ${payout.id} of ${formatMoney(payout.net)} (${payout.arrivalDate ?? 'no date'}) cannot be explained: GoCardless ` +
        'keeps the items of a payout for six months, and they were not fetched in that time. Nothing was booked.',
      "Its items are in GoCardless' dashboard (payout, export). Book it by hand and answer with done.",
    ],
    covers: 'items gone',
  };
}

/** The items are not the payout: nothing of it can be trusted. */
export function doesNotAddUp(payout: Payout, items: readonly PayoutItem[], sums: ItemSums): Question {
  const { currency } = payout.net;
  const itemsSum = formatMoney({ minor: minorFromTenths(sums.allTenths), currency });
  const difference = formatMoney({ minor: minorFromTenths(sums.allTenths) - payout.net.minor, currency });
  return {
    kind: 'payout_unexplained',
    subject: payoutSubject(payout.id),
    amount: payout.net,
    reasons: [
      `Payout ${payout.id} is ${formatMoney(payout.net)}, but its ${items.length} items add up to ${itemsSum}: a difference ` +
        `of ${difference}. Nothing was booked.`,
      'Retry fetches the items again; done or ignore leaves the payout out of the books.',
    ],
    covers: `items add up to ${itemsSum}`,
  };
}

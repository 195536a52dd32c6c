import { type FlowResult, formatMoney, type Job, payoutSubject } from '@mlc/core';
import { bookFeeExpense } from '../booking/book-expense.ts';
import { ask } from '../asking/review.ts';
import type { PayoutFacts } from './decide.ts';

/**
 * By policy `gocardlessFees: expense` the fees of a payout become one FreshBooks expense, once (design section 6). Returns
 * what became of it in words; null when nothing is to be booked. Rejects with ConnectorError; a refusal by plan or scope
 * is a review instead.
 */
export async function bookPayoutFees(
  job: Job,
  { payout, feesMinor, taxMinor, date }: PayoutFacts,
): Promise<string | null> {
  if (job.business.policy.gocardlessFees !== 'expense' || feesMinor <= 0n) return null;
  const { currency } = payout.net;
  const tax = taxMinor === 0n ? '' : `, tax of ${formatMoney({ minor: taxMinor, currency })} inside`;
  const outcome = await bookFeeExpense(job, {
    source: { provider: 'gocardless', id: payout.id },
    subject: payoutSubject(payout.id),
    title: `GoCardless fees of payout ${payout.id}${tax}`,
    amount: { minor: feesMinor, currency },
    date,
  });
  switch (outcome.kind) {
    case 'booked':
      return `fees booked as expense ${outcome.id}`;
    case 'there':
      return `fees were booked as expense ${outcome.posting.externalId ?? ''} (${outcome.posting.state})`;
    case 'asked':
      return outcome.why;
  }
}

/**
 * A payout can give back more in fees than it takes: no expense says that, so that a person is asked to lower one. Null when
 * fees are no expenses by policy, or cost something.
 */
export async function askAboutFeesBack(
  job: Job,
  { payout, feesMinor, date }: PayoutFacts,
): Promise<FlowResult | null> {
  if (job.business.policy.gocardlessFees !== 'expense' || feesMinor >= 0n) return null;
  const amount = { ...payout.net, minor: -feesMinor };
  return ask(job, {
    kind: 'refund',
    subject: payoutSubject(payout.id),
    amount,
    reasons: [
      `GoCardless gave back ${formatMoney(amount)} more in fees than it took in payout ${payout.id} (${date}): no expense was ` +
        'booked for it, and the FreshBooks expense of the fees that came back is too high.',
      `Find that expense (vendor GoCardless; the items of the payout in GoCardless name the payments), lower it by ` +
        `${formatMoney(amount)} and answer with done.`,
    ],
    covers: 'fees given back',
  });
}

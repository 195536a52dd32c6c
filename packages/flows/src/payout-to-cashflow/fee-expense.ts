import { type FlowContext, formatMoney, type InboundEvent, payoutSubject } from '@mlc/core';
import { bookFeeExpense } from '../shared/book-expense.ts';
import type { PayoutFacts } from './facts.ts';

/**
 * By policy `gocardlessFees: expense` the fees of a payout become one FreshBooks expense, once (design section 6). Returns
 * what became of it in words; null when nothing is to be booked. Rejects with ConnectorError; a refusal by plan or scope
 * is a review instead.
 */
export async function bookPayoutFees(
  context: FlowContext,
  inbound: InboundEvent,
  { payout, feesMinor, taxMinor, date }: PayoutFacts,
): Promise<string | null> {
  if (context.business.policy.gocardlessFees !== 'expense' || feesMinor <= 0n) return null;
  const { currency } = payout.net;
  const tax = taxMinor === 0n ? '' : `, tax of ${formatMoney({ minor: taxMinor, currency })} inside`;
  const outcome = await bookFeeExpense(context, inbound, {
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

import {
  type Debit,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  isBookable,
  type Repositories,
} from '@mlc/core';
import { bookPayment } from './book-payment.ts';
import { moneyOf } from './debit-money.ts';

/**
 * The result of a run that found an invoice's debit, which may have brought its money before anybody here knew of it: then no
 * event need come any more, and it is booked with that result. Its own event finds it booked. The collection is on record
 * already: an entry whose outcome was lost is finished by whoever looks next.
 */
export async function bookCollected(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, invoiceId, result }: { debit: Debit; invoiceId: string; result: FlowResult },
): Promise<FlowResult> {
  if (!isBookable(debit.status, context.business.policy)) return result;
  const [earlier = null, ...more] = await context.store.postings.ofSource('gocardless', debit.id);
  // What was taken back, or booked again since, is decided by the debit's own events.
  if (more.length > 0 || (earlier !== null && earlier.state !== 'intent')) return result;
  const toPost = { money: moneyOf(debit), invoiceId: earlier?.invoiceId ?? invoiceId, cycle: 1, earlier };
  const follow = async (tx: Repositories): Promise<void> => result.record?.(tx);
  const { result: booked } = await bookPayment(context, inbound, { toPost, follow });
  return {
    ...booked,
    reason: `${result.reason}; ${booked.reason}`,
    details: { ...result.details, ...booked.details },
  };
}

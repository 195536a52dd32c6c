import {
  candidatesOf,
  type CollectionOrigin,
  type Debit,
  type FlowResult,
  isBookable,
  type Job,
  waitForGoLive,
} from '@mlc/core';
import { bookPayment } from '../booking/book-payment.ts';
import { askAboutDebit, lookForLed, recordDebitFound } from './debit-in-books.ts';
import { orWaitForGoLive } from '../running/go-live.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { record } from '../running/record.ts';

/** A debit whose money may be there, and the run that found it. */
interface Collected {
  readonly debit: Debit;
  readonly invoiceId: string;
  readonly origin: CollectionOrigin;
  /** What is recorded of the run otherwise. */
  readonly result: FlowResult;
}

/**
 * The result of a run that found an invoice's debit, which may have brought its money before anybody here knew of it: then no
 * event need come any more, and it is booked with that result. Its own event finds it booked. The collection is on record
 * already: an entry whose outcome was lost is finished by whoever looks next. Null: its money stands on another invoice, which
 * it is followed on now, and where this one stands is to be looked at again.
 */
export async function bookCollected(
  job: Job,
  { debit, invoiceId, origin, result }: Collected,
): Promise<FlowResult | null> {
  if (!isBookable(debit.status, job.business.policy)) return result;
  const [earlier = null, ...more] = await job.store.postings.ofSource('gocardless', debit.id);
  // What was taken back, or booked again since, is decided by the debit's own events.
  if (more.length > 0 || (earlier !== null && earlier.state !== 'intent')) return result;
  if (origin !== 'ours' && earlier === null) {
    const standing = await standsElsewhere(job, { debit, invoiceId, result });
    if (standing.isKnown) return standing.result;
  }
  const toPost = { money: debitMoney(debit), invoiceId: earlier?.invoiceId ?? invoiceId, cycle: 1, earlier };
  const follow = result.effects;
  const booked = await orWaitForGoLive(
    async () => (await bookPayment(job, { toPost, follow })).result,
    (held) => ({ ...waitForGoLive(held), effects: follow }),
  );
  return {
    ...booked,
    reason: `${result.reason}; ${booked.reason}`,
    details: { ...result.details, ...booked.details },
  };
}

/** Rule 0 of design section 7 for one we did not ask for. */
async function standsElsewhere(
  job: Job,
  { debit, invoiceId, result }: Omit<Collected, 'origin'>,
): Promise<{ readonly isKnown: boolean; readonly result: FlowResult | null }> {
  const { standing, invoice } = await lookForLed(job, { debit, cycle: 1 }, { invoiceId });
  if (standing.kind === 'theirs' && standing.payment.invoiceId !== invoiceId) {
    const found = await recordDebitFound(job, { debit, payment: standing.payment });
    await record(job, found.effects);
    return { isKnown: true, result: null };
  }
  if (standing.kind !== 'cannot-tell') return { isKnown: false, result: null };
  const why = 'a debit of its own names it';
  const candidates = invoice === null ? [] : candidatesOf({ kind: 'exact', invoice, why });
  const question = await askAboutDebit(job, { debit, candidates });
  return { isKnown: true, result: both(result, question) };
}

function both(result: FlowResult, question: FlowResult): FlowResult {
  return {
    ...question,
    reason: `${result.reason}; ${question.reason}`,
    effects: [...result.effects, ...question.effects],
  };
}

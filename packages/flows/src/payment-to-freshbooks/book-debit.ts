import { candidatesOf, type Debit, type FlowResult, type Job, type Posting } from '@mlc/core';
import { bookPayment } from '../booking/book-payment.ts';
import type { ToPost } from '../booking/to-post.ts';
import { askAboutDebit, lookForLed, recordDebitFound } from '../debits/debit-in-books.ts';
import { invoiceLock } from '../running/locks.ts';
import { stopOtherRail } from '../debits/other-rail.ts';
import { debitMoney } from '../ledger/money-in.ts';
import type { Target } from './find-invoice.ts';

/** A debit and the invoice that something leads it to. */
export interface Led {
  readonly debit: Debit;
  readonly target: Target;
}

/** True when rule 0 has to be asked about a debit that leads to an invoice: one of our own is looked for on that alone. */
function mayStandElsewhere({ origin, lookedFor }: Target): boolean {
  return origin !== 'ours' && lookedFor === undefined;
}

/** Books a debit for the first time (in this cycle), unless it stands in the books by somebody else's entry. */
export async function bookDue(
  job: Job,
  { debit, target, cycle }: Led & { readonly cycle: number },
): Promise<FlowResult> {
  const money = debitMoney(debit);
  const { invoiceId, collection: followed } = target;
  const toPost = { money, invoiceId, cycle, earlier: null, followed };
  const isAbsent = target.lookedFor === 'absent';
  if (!mayStandElsewhere(target)) return bookMoney(job, { toPost: { ...toPost, isAbsent }, target });
  const { standing, invoice } = await lookForLed(job, { debit, cycle }, target);
  switch (standing.kind) {
    case 'theirs':
      return recordDebitFound(job, { debit, payment: standing.payment, led: target.collection });
    case 'cannot-tell': {
      const candidates = invoice === null ? [] : candidatesOf({ kind: 'exact', invoice, why: target.why });
      return askAboutDebit(job, { debit, candidates });
    }
    case 'ours': {
      const { invoiceId } = standing.payment;
      return job.locks.withLock(invoiceLock(job, invoiceId), () =>
        bookMoney(job, { toPost: { ...toPost, invoiceId }, target }),
      );
    }
    case 'absent':
      return bookMoney(job, { toPost: { ...toPost, isAbsent: true }, target });
  }
}

/** Goes on with an entry that an interrupted run left behind. */
export function finishBooking(
  job: Job,
  { debit, target, earlier }: Led & { readonly earlier: Posting },
): Promise<FlowResult> {
  const invoiceId = earlier.invoiceId ?? target.invoiceId;
  const followed = target.collection;
  const toPost = { money: debitMoney(debit), invoiceId, cycle: earlier.cycle, earlier, followed };
  return bookMoney(job, { toPost, target });
}

/**
 * Books it, and when nobody here asked for the debit, stops one of ours for the same invoice as if it had been paid by
 * PayPal (design sections 5 and 7). That comes before the outcome is recorded, so that a crash repeats both.
 */
async function bookMoney(
  job: Job,
  { toPost, target }: Pick<Led, 'target'> & { readonly toPost: ToPost },
): Promise<FlowResult> {
  const { kind, result: booked } = await bookPayment(job, { toPost, follow: [] });
  if (target.origin === 'ours' || kind !== 'booked') return booked;
  const { money, invoiceId } = toPost;
  const stopped = await stopOtherRail(job, { money, invoiceId });
  return { ...booked, effects: [...booked.effects, ...stopped] };
}

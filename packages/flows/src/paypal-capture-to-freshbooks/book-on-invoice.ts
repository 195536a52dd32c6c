import {
  type Capture,
  dateIn,
  type FlowContext,
  type FlowResult,
  type Job,
  type Money,
  reruns,
} from '@mlc/core';
import { bookPayment } from '../booking/book-payment.ts';
import { invoiceLock } from '../running/locks.ts';
import type { ReadInvoice } from '../booking/to-post.ts';
import { debitToStop, stopDebit } from '../debits/other-rail.ts';
import { record } from '../running/record.ts';
import { withFee } from './capture-ledger.ts';
import { captureMoney } from '../ledger/money-in.ts';
import { aside } from './not-booked.ts';
import { cycleOf } from './stands-already.ts';
import { bookFeeExpense } from '../booking/book-expense.ts';
import { captureSubject } from '../running/subjects.ts';

/** Where a capture's money goes, and why. */
export interface Target {
  readonly invoiceId: string;
  readonly why: string;
  readonly othersToRun?: readonly string[];
  /** True when it stands nowhere in the books yet. */
  readonly isAbsent?: boolean;
  /** The invoice as it was found. */
  readonly read?: ReadInvoice;
}

/** Books it there, with its fee, and stops a debit of the invoice. */
export function onInvoice(
  job: Job,
  { capture, target }: { capture: Capture; target: Target },
): Promise<FlowResult> {
  return job.locks.withLock(invoiceLock(job, target.invoiceId), async () => {
    const postings = await job.store.postings.ofSource('paypal', capture.id);
    const follow = [reruns(target.othersToRun ?? [])];
    const money = captureMoney(job, capture);
    const { invoiceId, isAbsent = false, read } = target;
    const toPost = { money, invoiceId, ...cycleOf(postings), isAbsent, ...(read && { read }) };
    const more = withFee(job, capture);
    const { kind, result: booked } = await bookPayment(job, { toPost, follow, more });
    if (kind === 'found') return booked;
    if (kind === 'asked') return aside(job, capture, booked);
    const said = {
      state: 'done' as const,
      reason: `${booked.reason}: ${target.why}`,
      details: { ...booked.details, why: target.why },
    };
    const debit = await debitToStop(job, target.invoiceId);
    if (debit === null && feeToBook(job, capture) === null) return { ...said, effects: booked.effects };
    // What follows asks providers: the booking stands on record before.
    await record(job, booked.effects);
    await bookFee(job, capture);
    return { ...said, effects: debit === null ? [] : await stopDebit(job, { money, debit }) };
  });
}

/** By policy `paypalFees: expense` the fee of a capture becomes a FreshBooks expense, once (design section 8). */
export async function bookFee(job: Job, capture: Capture): Promise<void> {
  const fee = feeToBook(job, capture);
  if (fee === null) return;
  await bookFeeExpense(job, {
    source: { provider: 'paypal', id: capture.id },
    subject: captureSubject(capture.id),
    title: `PayPal fee ${capture.id}`,
    amount: fee,
    date: dateIn(job.business.timezone, new Date(capture.createdAt)),
  });
}

/** Null when nothing is to be booked: policy, or no fee. */
export function feeToBook(context: FlowContext, capture: Capture): Money | null {
  const { paypalFees } = context.business.policy;
  if (paypalFees !== 'expense' || capture.fee === null || capture.fee.minor <= 0n) return null;
  return capture.fee;
}

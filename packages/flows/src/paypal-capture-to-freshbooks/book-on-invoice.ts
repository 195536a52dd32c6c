import { type Capture, type FlowContext, type FlowResult, type InboundEvent, reruns } from '@mlc/core';
import { bookPayment } from '../shared/book-payment.ts';
import { invoiceLock } from '../shared/locks.ts';
import type { ReadInvoice } from '../shared/money-in.ts';
import { debitToStop, stopDebit } from '../shared/other-rail.ts';
import { record } from '../shared/record-one.ts';
import { withFee } from './capture-ledger.ts';
import { moneyOf } from './capture-money.ts';
import { bookFee, feeToBook } from './fee.ts';
import { aside } from './not-booked.ts';
import { cycleOf } from './stands-already.ts';

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
  context: FlowContext,
  inbound: InboundEvent,
  { capture, target }: { capture: Capture; target: Target },
): Promise<FlowResult> {
  return context.locks.withLock(invoiceLock(context, target.invoiceId), async () => {
    const postings = await context.store.postings.ofSource('paypal', capture.id);
    const follow = [reruns(target.othersToRun ?? [])];
    const money = moneyOf(context, capture);
    const { invoiceId, isAbsent = false, read } = target;
    const toPost = { money, invoiceId, ...cycleOf(postings), isAbsent, ...(read && { read }) };
    const more = withFee(context, inbound, capture);
    const { kind, result: booked } = await bookPayment(context, inbound, { toPost, follow, more });
    if (kind === 'found') return booked;
    if (kind === 'asked') return aside(context, inbound, capture, booked);
    const said = {
      state: 'done' as const,
      reason: `${booked.reason}: ${target.why}`,
      details: { ...booked.details, why: target.why },
    };
    const debit = await debitToStop(context, target.invoiceId);
    if (debit === null && feeToBook(context, capture) === null) return { ...said, effects: booked.effects };
    // What follows asks providers: the booking stands on record before.
    await record(context, booked.effects);
    await bookFee(context, inbound, capture);
    return { ...said, effects: debit === null ? [] : await stopDebit(context, inbound, { money, debit }) };
  });
}

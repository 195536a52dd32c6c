import {
  type Collection,
  type Effect,
  type FlowContext,
  formatMoney,
  type Job,
  opens,
  rerunsInvoices,
  sameMoney,
} from '@mlc/core';
import { inFlight, isWithdrawable, knownCollections } from './in-flight.ts';
import type { MoneyIn } from '../ledger/money-in.ts';
import { isAnswered } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { debitUnderWay } from '../asking/under-way.ts';
import { withdraw } from './withdraw.ts';

/**
 * The invoice was paid by other money (PayPal, a debit somebody made at GoCardless): a debit of ours for it that is still
 * under way is cancelled, and where GoCardless will not let us, a person is told before the client is charged twice (design
 * section 7). What was not paid is looked at again: its debit is the next attempt (section 4), and FreshBooks need not tell
 * us of an entry that is our own. Returns what is to be recorded.
 */
export async function stopOtherRail(
  job: Job,
  { money, invoiceId }: { money: MoneyIn; invoiceId: string },
): Promise<readonly Effect[]> {
  const debit = await debitToStop(job, invoiceId);
  return debit === null ? [] : stopDebit(job, { money, debit });
}

/** A debit for the invoice that is still under way and might be stopped. */
export async function debitToStop(context: FlowContext, invoiceId: string): Promise<Collection | null> {
  const collection = inFlight(await knownCollections(context, invoiceId))?.collection;
  return collection === undefined || !isWithdrawable(collection) ? null : collection;
}

/** `stopOtherRail` for the debit that was found. */
export async function stopDebit(
  job: Job,
  { money, debit: collection }: { money: MoneyIn; debit: Collection },
): Promise<readonly Effect[]> {
  const { invoiceId } = collection;
  // After a payment in part the rest is debited: a later event of that money has nothing against that.
  const invoice = await job.books.getInvoice(invoiceId);
  if (invoice !== null && sameMoney(invoice.outstanding, collection.amount)) return [];
  const withdrawal = await withdraw(job, collection);
  if (withdrawal.kind !== 'too-late') {
    const isRestDue = invoice !== null && invoice.outstanding.minor > 0n;
    return isRestDue ? [rerunsInvoices([invoiceId])] : [];
  }
  const question = {
    kind: 'double_payment_risk' as const,
    subject: invoiceSubject(invoiceId),
    amount: collection.amount,
    covers: debitUnderWay(withdrawal.debit?.id ?? collection.paymentId ?? ''),
  };
  if (await isAnswered(job, question)) return [];
  const reasons = [
    `${money.title} of ${formatMoney(money.amount)} paid invoice ${collection.invoiceNumber} while debit ` +
      `${collection.paymentId ?? ''} of ${formatMoney(collection.amount)} is under way and can no longer be cancelled by us.`,
  ];
  return [opens({ ...question, reasons, candidates: [], eventId: job.event.id })];
}

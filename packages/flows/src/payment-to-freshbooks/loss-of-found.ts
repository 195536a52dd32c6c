import {
  type Debit,
  type FlowResult,
  formatMoney,
  type FoundEntry,
  foundKey,
  foundStanding,
  type Job,
  leftLossEntries,
  onInvoiceMinor,
  type PaymentFact,
  type Step,
} from '@mlc/core';
import { inLedger, paymentFact } from '../ledger/in-ledger.ts';
import { ask, type Question } from '../asking/review.ts';
import { debitSubject } from '../running/subjects.ts';
import { isOurs } from './debit-ledger.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { lossesOf, lostOn } from './lost-on.ts';

/**
 * The money of a debit that stands in the books by somebody else's entry is gone: the ledger says so, and a person is to
 * take the entry out, which is not ours to delete. Null when it is not gone, or stands there by our own entry or none.
 */
export async function lossOfFound(job: Job, debit: Debit): Promise<FlowResult | null> {
  if (isOurs(debit)) return null;
  const entries = await job.store.ledger.ofSource(debitSubject(debit.id));
  const [found] = foundStanding(entries);
  if (found === undefined || onInvoiceMinor(entries) <= 0n) return null;
  const fact = paymentFact(job, debitMoney(debit));
  const gone = { ...fact, factDate: await lostOn(job, debit) };
  const result = await askToTakeOut(job, { debit, found });
  return { ...result, effects: [lossInLedger(gone, found), ...result.effects] };
}

function lossInLedger(gone: PaymentFact, { invoiceId }: FoundEntry): Step {
  const entry = { key: foundKey(gone.source), date: gone.factDate, invoiceId };
  return inLedger(gone, (entries) => leftLossEntries(gone, entry, entries));
}

async function askToTakeOut(
  job: Job,
  { debit, found: { invoiceId, bookPaymentId } }: { debit: Debit; found: FoundEntry },
): Promise<FlowResult> {
  const lost = `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} is ${debit.status}`;
  const entry = await job.books.getPayment(bookPaymentId);
  if (entry === null || entry.deleted)
    return {
      state: 'done',
      reason: `${lost}, and payment ${bookPaymentId} is not in the books any more`,
      effects: [],
    };
  const number = (await job.books.getInvoice(invoiceId ?? ''))?.number ?? invoiceId ?? '';
  const question: Question = {
    kind: debit.status === 'charged_back' ? 'chargeback' : 'late_failure',
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `${lost}, but stands in FreshBooks as payment ${bookPaymentId} on invoice ${number}, which we did not enter.`,
      'Take that payment out in FreshBooks, then resolve this with done.',
    ],
    covers: `payment ${bookPaymentId}, loss ${await lossesOf(job, debit)}`,
  };
  return ask(job, question);
}

import {
  type Capture,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Invoice,
  isMatched,
  type Job,
  matchInvoice,
  rerunsInvoices,
  settles,
  waitingForPendingPayment,
} from '@mlc/core';
import { inFlight, isWithdrawable, knownCollections } from '../debits/in-flight.ts';
import { pendingRisk, pendingRisksOf } from '../debits/pending-risk.ts';
import { isAnswered, opensQuestion } from '../asking/review.ts';
import { invoicesForCapture } from '../booking/find-invoices.ts';

/** A payment that is pending is looked at again after this long at the latest; polling wakes it, too. In ms. */
const RECHECK_MS = 60 * 60 * 1000;

/**
 * A payment that has not ended is remembered and looked at until it has: nobody may tell of its end, and PayPal's list may
 * show it where nobody looks any more, because it goes by the day the payment began. Names it an invoice that a debit
 * collects, a person is told at once; nothing is cancelled, because such payments can bounce.
 */
export async function awaitEnd(job: Job, capture: Capture): Promise<FlowResult> {
  const invoice = await invoiceOf(job, capture);
  const question = invoice === null ? null : await riskBeside(job, capture, invoice);
  const isAsked = question !== null && !(await isAnswered(job, question));
  return {
    ...untilItEnds(job, {
      id: capture.id,
      invoiceId: invoice?.id ?? null,
      reason: `PayPal payment ${capture.id} of ${formatMoney(capture.amount)} is pending`,
    }),
    effects: isAsked ? [opensQuestion(job.event, question)] : [],
  };
}

/** What has not ended at PayPal. */
interface Pending {
  readonly id: string;
  /** What it is for, as far as it names one. */
  readonly invoiceId: string | null;
  readonly reason: string;
}

/** The run's event is kept, and run again until the transaction has ended. */
export function untilItEnds({ clock }: Pick<FlowContext, 'clock'>, { id, invoiceId, reason }: Pending) {
  return {
    state: 'parked' as const,
    reason,
    waitingFor: waitingForPendingPayment(invoiceId, id),
    recheckAt: new Date(clock.now().getTime() + RECHECK_MS),
    effects: [],
  };
}

/** The invoice it would be booked on without a question. */
async function invoiceOf(context: FlowContext, capture: Capture): Promise<Invoice | null> {
  const match = matchInvoice((await invoicesForCapture(context, capture)).facts);
  return isMatched(match) ? match.invoice : null;
}

async function riskBeside(context: FlowContext, capture: Capture, invoice: Invoice) {
  const collection = inFlight(await knownCollections(context, invoice.id))?.collection;
  if (collection === undefined || !isWithdrawable(collection)) return null;
  return pendingRisk({ capture, invoice, collection });
}

/**
 * A payment that ended one way or the other, and what came of it: what was asked while it was pending is over, and what it
 * kept from being collected is looked at anew.
 */
export async function afterPending(
  context: FlowContext,
  capture: Capture,
  result: FlowResult,
): Promise<FlowResult> {
  const risks = await pendingRisksOf(context, capture.id);
  if (risks.length === 0) return result;
  const why = `PayPal payment ${capture.id} is ${capture.status}`;
  const over = risks.map(({ kind, subject }) => settles([kind], subject, why));
  const again = rerunsInvoices(risks.map(({ subject }) => subject.id));
  return { ...result, effects: [...over, again, ...result.effects] };
}

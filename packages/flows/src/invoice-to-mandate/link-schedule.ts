import {
  type Collection,
  deriveKey,
  type Effect,
  type FlowContext,
  type FlowResult,
  type Invoice,
  type NewCollection,
  reruns,
  settles,
  step,
} from '@mlc/core';
import { debitSubject, invoiceSubject } from '../running/subjects.ts';
import { asOurs } from '../ledger/settle-payouts.ts';
import type { ScheduledDebit } from './decide.ts';
import { ANSWERED_BY_COLLECTING } from './questions.ts';

/** A scheduled debit as the collection of the invoice it pays; `attempts` are the invoice's debits so far, oldest first. */
export function linkedCollection(
  context: FlowContext,
  invoice: Invoice,
  { debit, attempts }: { debit: ScheduledDebit; attempts: readonly Collection[] },
): NewCollection {
  const attempt = (attempts.at(-1)?.attempt ?? 0) + 1;
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    clientId: invoice.clientId,
    attempt,
    origin: debit.origin,
    paymentId: debit.paymentId,
    mandateId: debit.mandateId,
    amount: debit.amount,
    chargeDate: debit.chargeDate,
    wantedDate: null,
    creditorId: null,
    state: debit.state,
    idempotencyKey: deriveKey(context.sha256, ['link', context.books.accountId, invoice.id, attempt]),
    scheduleId: debit.scheduleId,
    // A failed one is linked only because it is going to be retried.
    willAttemptRetry: debit.state === 'failed',
    calledAt: null,
    endedBy: null,
  };
}

/** Why an invoice needs no debit of its own. */
export function linkedReason(debit: ScheduledDebit): string {
  return `collected by ${debit.origin} ${debit.scheduleId} on ${debit.chargeDate}: linked instead of debited again`;
}

/** Ties a subscription's or instalment schedule's debit to the invoice instead of collecting again. */
export async function linkSchedule(
  context: FlowContext,
  invoice: Invoice,
  debit: ScheduledDebit,
): Promise<FlowResult> {
  const attempts = await context.store.collections.ofInvoice(invoice.id);
  const planned = attempts.find(
    (collection) => collection.state === 'planned' && collection.calledAt === null,
  );
  return {
    state: 'done',
    reason: linkedReason(debit),
    details: { scheduleId: debit.scheduleId, paymentId: debit.paymentId },
    effects: [
      step('rows', async (tx) => {
        if (planned !== undefined)
          await tx.collections.update(planned.id, { state: 'cancelled', endedBy: 'us' });
        const link = async (): Promise<void> => {
          await tx.collections.insert(linkedCollection(context, invoice, { debit, attempts }));
        };
        if (debit.paymentId !== null) return asOurs(tx, debit.paymentId, link);
        await link();
        return [];
      }),
      ...(debit.paymentId === null ? [] : [answersForPayment(debit.paymentId, invoice)]),
      settles(ANSWERED_BY_COLLECTING, invoiceSubject(invoice.id), linkedReason(debit)),
    ],
  };
}

/** The debit's events may have come before the invoice did: whoever asked about it is answered now. */
export function answersForPayment(paymentId: string, { number }: Invoice): Effect {
  const subject = debitSubject(paymentId);
  return step('looks', async (tx) => {
    const waiting = await tx.reviews.openOn(subject);
    return [
      settles(['unmatched_payment', 'ambiguous_match'], subject, `linked to invoice ${number}`),
      reruns(waiting.flatMap((review) => review.eventId ?? [])),
    ];
  });
}

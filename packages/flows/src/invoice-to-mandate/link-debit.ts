import {
  type Collection,
  type Debit,
  deriveKey,
  type FlowContext,
  type FlowResult,
  type Invoice,
  type Job,
  type NewCollection,
  settles,
  stateOfDebit,
  step,
} from '@mlc/core';
import { bookCollected } from '../debits/book-collected.ts';
import { record } from '../running/record.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { asOurs } from '../ledger/settle-payouts.ts';
import { answersForPayment } from './link-schedule.ts';
import { ANSWERED_BY_COLLECTING } from './questions.ts';

/** A debit that somebody else made, as the collection of the invoice it names. */
export function looseCollection(
  context: FlowContext,
  invoice: Invoice,
  { debit, attempts }: { debit: Debit; attempts: readonly Collection[] },
): NewCollection {
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    clientId: invoice.clientId,
    attempt: (attempts.at(-1)?.attempt ?? 0) + 1,
    origin: debit.metadata['freshbooks_invoice_id'] === undefined ? 'matched' : 'metadata',
    paymentId: debit.id,
    mandateId: debit.mandateId,
    amount: debit.amount,
    chargeDate: debit.chargeDate,
    wantedDate: null,
    creditorId: debit.creditorId ?? null,
    state: stateOfDebit(debit.status),
    idempotencyKey: deriveKey(context.sha256, ['followed', context.books.accountId, debit.id]),
    scheduleId: debit.subscriptionId ?? debit.instalmentScheduleId,
    // A failed one is linked only because it is going to be retried.
    willAttemptRetry: debit.status === 'failed',
    calledAt: null,
    endedBy: null,
  };
}

/** Why an invoice needs no debit of its own. */
export function looseReason(debit: Debit): string {
  return `collected by GoCardless payment ${debit.id}, which names it (${debit.status}): linked instead of debited again`;
}

/**
 * Ties a debit that a person or another tool made to the invoice it names. That stands on record before what it has brought
 * already is booked: a run that dies in between must find it again. Null: its money stands on another invoice.
 */
export async function linkDebit(
  job: Job,
  { invoice, debit }: { invoice: Invoice; debit: Debit },
): Promise<FlowResult | null> {
  const attempts = await job.store.collections.ofInvoice(invoice.id);
  const planned = attempts.find(({ state, calledAt }) => state === 'planned' && calledAt === null);
  const link = step('rows', (tx) =>
    asOurs(tx, debit.id, async () => {
      if (planned !== undefined)
        await tx.collections.update(planned.id, { state: 'cancelled', endedBy: 'us' });
      await tx.collections.insert(looseCollection(job, invoice, { debit, attempts }));
    }),
  );
  await record(job, [link]);
  const linked: FlowResult = {
    state: 'done',
    reason: looseReason(debit),
    details: { paymentId: debit.id, description: debit.description, reference: debit.reference },
    effects: [
      settles(ANSWERED_BY_COLLECTING, invoiceSubject(invoice.id), `collected by ${debit.id}`),
      answersForPayment(debit.id, invoice),
    ],
  };
  return bookCollected(job, { debit, invoiceId: invoice.id, origin: 'matched', result: linked });
}

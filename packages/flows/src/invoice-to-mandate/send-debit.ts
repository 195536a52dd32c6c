import {
  type Job,
  type Collection,
  type Invoice,
  type FlowResult,
  ConnectorError,
  type FlowContext,
  type Debit,
  type NewDebit,
  type InboundEvent,
  formatMoney,
  step,
  settles,
  rerunsInvoices,
  stateOfDebit,
} from '@mlc/core';
import { ask } from '../asking/review.ts';
import { trackDebit } from '../debits/track-debit.ts';
import { requireLive } from '../running/go-live.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { adoptDebits } from './adopt-debits.ts';
import { writeOf } from './debit-plan.ts';
import { standsUnderKey } from './key-taken.ts';
import { ANSWERED_BY_COLLECTING } from './questions.ts';
import { settling, asking } from './settle-questions.ts';

/**
 * Sends (or sends again, unchanged) the create call of a planned collection and records what came of it. Null: another debit
 * of the invoice stands under its key and is on record now, and where it stands is to be looked at again.
 */
export async function sendDebit(
  job: Job,
  { collection, invoice }: { collection: Collection; invoice: Invoice },
): Promise<FlowResult | null> {
  requireLive(job, writeOf(invoice, collection.amount, collection.chargeDate));
  try {
    const debit = await callCreate(job, collection, invoice);
    return created(job.event, collection, debit);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.reason === 'idempotent_creation_conflict' && error.conflictingId !== undefined) {
      return keyTaken(job, { collection, invoice, debitId: error.conflictingId });
    }
    if (error.kind === 'outcome-unknown' || error.kind === 'transient') throw error;
    // A clear refusal: nothing was created, so the plan may change before the same key is used again.
    const tooLarge = error.reason === 'amount_too_large';
    await job.store.transaction((tx) =>
      tx.collections.update(collection.id, {
        calledAt: null,
        ...(tooLarge ? { state: 'cancelled' as const, endedBy: 'us' as const } : {}),
      }),
    );
    if (tooLarge) {
      const result = await aboveLimit(job, { invoice, error });
      return settling(result, invoice.id, asking('mandate_limit'));
    }
    throw error;
  }
}

async function callCreate(context: FlowContext, collection: Collection, invoice: Invoice): Promise<Debit> {
  const debit: NewDebit = {
    mandateId: collection.mandateId,
    amount: collection.amount,
    chargeDate: collection.chargeDate,
    description: `Invoice ${invoice.number}`,
    metadata: {
      freshbooks_account_id: context.books.accountId,
      freshbooks_invoice_id: invoice.id,
      mlc_collection: collection.idempotencyKey,
    },
  };
  try {
    return await context.debits.createDebit(debit, collection.idempotencyKey);
  } catch (error) {
    // The earliest date moved on between reading the mandate and charging it: take the earliest there is.
    if (!(error instanceof ConnectorError) || error.field !== 'charge_date' || debit.chargeDate === null)
      throw error;
    return context.debits.createDebit({ ...debit, chargeDate: null }, collection.idempotencyKey);
  }
}

function created(event: InboundEvent, collection: Collection, debit: Debit): FlowResult {
  const { invoiceId } = collection;
  const tracking = { willAttemptRetry: false, correlationId: event.correlationId };
  return {
    state: 'done',
    reason: `debit ${debit.id} of ${formatMoney(debit.amount)} on ${debit.chargeDate ?? 'the earliest date'}`,
    details: { paymentId: debit.id, mandateId: debit.mandateId, attempt: collection.attempt },
    effects: [
      step('rows', (tx) => trackDebit(tx, collection, debit, tracking)),
      isOnItsWay(debit)
        ? settles(ANSWERED_BY_COLLECTING, invoiceSubject(invoiceId), `collected by ${debit.id}`)
        : // Found again after an unclear outcome, and over already: what that means is seen by another look.
          rerunsInvoices([invoiceId]),
    ],
  };
}

function isOnItsWay({ status }: Debit): boolean {
  return !['failed', 'cancelled', 'charged_back'].includes(stateOfDebit(status));
}

/** The key was used before: by an attempt of ours, or the payment is not what we meant and a person must look. */
async function keyTaken(
  job: Job,
  { collection, invoice, debitId }: { collection: Collection; invoice: Invoice; debitId: string },
): Promise<FlowResult | null> {
  const under = await standsUnderKey(job, collection, debitId);
  switch (under.kind) {
    case 'as-meant':
      return created(job.event, collection, under.debit);
    case 'adopt':
      await adoptDebits(job, { invoice, debits: [under.debit] });
      return null;
    case 'ask':
      return ask(job, under.question);
  }
}

function aboveLimit(
  job: Job,
  { invoice, error }: { invoice: Invoice; error: ConnectorError },
): Promise<FlowResult> {
  const limit =
    error.maximumMinor === undefined
      ? 'its limit'
      : formatMoney({ minor: error.maximumMinor, currency: invoice.outstanding.currency });
  return ask(job, {
    kind: 'mandate_limit',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is ${formatMoney(invoice.outstanding)}; the scheme allows ${limit} per debit.`,
    ],
    covers: `scheme ${error.maximumMinor ?? ''}`,
  });
}

import {
  type Collection,
  collectionKey,
  ConnectorError,
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
  type Job,
  type Money,
  type NewCollection,
  type NewDebit,
  type ProviderWrite,
  rerunsInvoices,
  settles,
  stateOfDebit,
  step,
} from '@mlc/core';
import { debitWrite, requireLive } from '../running/go-live.ts';
import { ask, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { trackDebit } from '../debits/track-debit.ts';
import { adoptDebits } from './adopt-debits.ts';
import { type Measured, roomQuestion } from './consent-room.ts';
import { standsUnderKey } from './key-taken.ts';
import { type DayLimit, dayLimit, isUsedUp, waitForRoom } from './limits.ts';
import { ANSWERED_BY_COLLECTING } from './questions.ts';
import { asking, settling } from './settle-questions.ts';

/** Everything decided about the debit to create. */
export interface DebitPlan {
  readonly invoice: Invoice;
  readonly attempt: number;
  readonly mandateId: string;
  /** The creditor the mandate was given to; null when GoCardless does not say. */
  readonly creditorId: string | null;
  /** YYYY-MM-DD or null = as soon as the mandate allows. */
  readonly chargeDate: string | null;
  /** The due date behind it, '' when there was none; null when due dates do not count (policy). */
  readonly wantedDate: string | null;
  readonly measured: Measured;
  /** Choices behind it, for the audit log. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Intent first, then the call, then the record: a crash in between is found again under the same key. Null as `sendDebit`.
 */
export async function createDebit(job: Job, plan: DebitPlan): Promise<FlowResult | null> {
  const { invoice, chargeDate } = plan;
  requireLive(job, writeOf(invoice, invoice.outstanding, chargeDate));
  const limit = await dayLimit(job, invoice);
  const intent = await recordIntent(job, { plan, limit });
  switch (intent.kind) {
    case 'day-is-full':
      return waitForRoom(job, intent.limit);
    case 'no-room':
      return settling(await ask(job, intent.question), invoice.id, asking(intent.question.kind));
    case 'planned':
      return sendDebit(job, { collection: intent.collection, invoice });
  }
}

function writeOf({ id, number }: Invoice, amount: Money, date: string | null): ProviderWrite {
  return debitWrite('debit', { invoiceId: id, invoiceNumber: number, amount, date, debitId: null });
}

/** What became of the intent: it is on record, or other debits took the last room meanwhile. */
type Intent =
  | { readonly kind: 'planned'; readonly collection: Collection }
  | { readonly kind: 'day-is-full'; readonly limit: DayLimit }
  | { readonly kind: 'no-room'; readonly question: Question };

async function recordIntent(
  job: Job,
  { plan, limit }: { plan: DebitPlan; limit: DayLimit | null },
): Promise<Intent> {
  const { invoice, attempt, mandateId, chargeDate } = plan;
  const wanted = plannedCollection(job, plan);
  const { clientId, amount, wantedDate, creditorId, calledAt } = wanted;
  const facts = { clientId, amount, mandateId, chargeDate, wantedDate, creditorId, calledAt };
  return job.store.transaction(async (tx) => {
    if (limit !== null && (await isUsedUp(tx, limit))) return { kind: 'day-is-full', limit };
    const question = await roomQuestion(tx, invoice, plan.measured);
    if (question !== null) return { kind: 'no-room', question };
    const planned = (await tx.collections.ofInvoice(invoice.id)).find(
      (earlier) => earlier.attempt === attempt && earlier.state === 'planned',
    );
    await tx.audit.append({
      actor: 'system',
      action: 'collection.planned',
      subject: invoiceSubject(invoice.id),
      correlationId: job.event.correlationId,
      details: {
        attempt,
        mandateId,
        chargeDate,
        amountMinor: Number(invoice.outstanding.minor),
        currency: invoice.outstanding.currency,
        ...plan.details,
      },
    });
    if (planned === undefined) return { kind: 'planned', collection: await tx.collections.insert(wanted) };
    await tx.collections.update(planned.id, facts);
    return { kind: 'planned', collection: { ...planned, ...facts } };
  });
}

/** The collection of a debit that is about to be sent. */
export function plannedCollection(context: FlowContext, plan: DebitPlan): NewCollection {
  const { invoice, attempt, mandateId, chargeDate, wantedDate, creditorId } = plan;
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    clientId: invoice.clientId,
    attempt,
    origin: 'ours',
    paymentId: null,
    mandateId,
    amount: invoice.outstanding,
    chargeDate,
    wantedDate,
    creditorId,
    state: 'planned',
    idempotencyKey: collectionKey(context.sha256, context.books.accountId, invoice.id, attempt),
    scheduleId: null,
    willAttemptRetry: false,
    calledAt: context.clock.now(),
    endedBy: null,
  };
}

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

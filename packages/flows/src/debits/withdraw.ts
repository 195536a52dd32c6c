import {
  type Collection,
  type CollectionState,
  ConnectorError,
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  type ProviderWrite,
  type ReviewKind,
  stateOfDebit,
  step,
  WriteHeldError,
} from '@mlc/core';
import { debitWrite, requireLive } from '../running/go-live.ts';
import { notShown } from '../running/not-shown.ts';
import { record } from '../running/record.ts';
import { ask, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { asksToRetry, trackDebit } from './track-debit.ts';
import { canCancel } from './in-flight.ts';
import { debitUnderWay } from '../asking/under-way.ts';

/** How taking back a debit ended. */
export type Withdrawal =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'ended-before' }
  | { readonly kind: 'too-late'; readonly debit: Debit | null };

/** What withdrawing a debit would come to. */
export type Outlook =
  | { readonly kind: 'not-there' }
  | { readonly kind: 'cancellable' | 'ended-before'; readonly debit: Debit }
  | { readonly kind: 'too-late'; readonly debit: Debit | null };

/**
 * Where the debit of a collection is now and whether it can still be taken back; changes nothing. Rejects with kind
 * `outcome-unknown` while a create call may still arrive.
 */
export async function outlookOf(context: FlowContext, collection: Collection): Promise<Outlook> {
  const debit = await locate(context, collection);
  if (debit === null)
    return collection.origin === 'ours' ? { kind: 'not-there' } : { kind: 'too-late', debit };
  if (debit.status === 'cancelled' || debit.status === 'failed' || debit.status === 'charged_back') {
    const retries = await asksToRetry(context, debit);
    return { kind: retries ? 'too-late' : 'ended-before', debit };
  }
  const cancellable =
    debit.status === 'pending_submission' &&
    canCancel({ state: 'pending_submission', origin: collection.origin });
  return { kind: cancellable ? 'cancellable' : 'too-late', debit };
}

/** Cancels a live debit if GoCardless still can; the collection is at its newest state afterwards. */
export async function withdraw(job: Job, collection: Collection): Promise<Withdrawal> {
  const outlook = await outlookOf(job, collection);
  if (outlook.kind === 'not-there') {
    await end(job, { collection, debit: null });
    return { kind: 'cancelled' };
  }
  if (outlook.debit !== null) await follow(job, { collection, debit: outlook.debit });
  switch (outlook.kind) {
    case 'too-late':
      return outlook;
    case 'ended-before':
      return { kind: 'ended-before' };
    case 'cancellable':
      requireLive(job, cancellationOf(collection, outlook.debit));
      return cancel(job, { collection, debit: outlook.debit });
  }
}

function cancellationOf(
  { invoiceId, invoiceNumber }: Collection,
  { id, amount, chargeDate }: Debit,
): ProviderWrite {
  return debitWrite('cancellation', { invoiceId, invoiceNumber, amount, date: chargeDate, debitId: id });
}

/** The payment of a collection; for a planned one whose call may have arrived, found by our key in its metadata. */
async function locate(context: FlowContext, collection: Collection): Promise<Debit | null> {
  if (collection.paymentId !== null) return readDebit(context, collection.paymentId);
  if (collection.calledAt === null) return null;
  const sinceMs = context.clock.now().getTime() - collection.calledAt.getTime();
  if (sinceMs < context.settleDelayMs) {
    throw new ConnectorError({
      kind: 'outcome-unknown',
      provider: 'gocardless',
      operation: 'createDebit',
      message: 'an earlier create call may still arrive',
    });
  }
  const debits = await context.debits.listDebits(collection.mandateId);
  return debits.find((debit) => debit.metadata['mlc_collection'] === collection.idempotencyKey) ?? null;
}

/** One that was created is somewhere: taken for gone, it would be taken beside the next one. */
async function readDebit({ debits }: FlowContext, paymentId: string): Promise<Debit> {
  const debit = await debits.getDebit(paymentId);
  if (debit !== null) return debit;
  throw notShown({ provider: 'GoCardless', operation: 'getDebit', says: `has no payment ${paymentId}` });
}

/** It is on record as our doing before the call: a crash in between must not look like somebody else's cancellation. */
async function cancel(
  job: Job,
  { collection, debit }: { collection: Collection; debit: Debit },
): Promise<Withdrawal> {
  await ending(job, collection, 'us');
  try {
    const cancelled = await job.debits.cancelDebit(debit.id);
    await end(job, { collection, debit: cancelled });
    return { kind: 'cancelled' };
  } catch (error) {
    // Stopped at the door: whoever ends it meanwhile, it is not us.
    if (error instanceof WriteHeldError) await ending(job, collection, null);
    if (!(error instanceof ConnectorError) || error.reason !== 'cancellation_failed') throw error;
    return refusedToCancel(job, { collection, debit });
  }
}

function ending({ store }: FlowContext, { id }: Collection, endedBy: Collection['endedBy']): Promise<void> {
  return store.transaction((tx) => tx.collections.update(id, { endedBy }));
}

/** Somebody else may have cancelled it the moment before, or a run of ours that had lost its lock: that is as good. */
async function refusedToCancel(
  job: Job,
  { collection, debit }: { collection: Collection; debit: Debit },
): Promise<Withdrawal> {
  const current = await job.debits.getDebit(debit.id);
  if (current?.status === 'cancelled') {
    await end(job, { collection, debit: current });
    return { kind: 'cancelled' };
  }
  await ending(job, collection, null);
  return { kind: 'too-late', debit: current ?? debit };
}

function follow(job: Job, { collection, debit }: { collection: Collection; debit: Debit }): Promise<void> {
  const tracking = { willAttemptRetry: false, correlationId: job.event.correlationId };
  return record(job, [step('rows', (tx) => trackDebit(tx, collection, debit, tracking))]);
}

function end(
  job: Job,
  { collection, debit }: { collection: Collection; debit: Debit | null },
): Promise<void> {
  return job.store.transaction(async (tx) => {
    await tx.collections.update(collection.id, {
      state: 'cancelled',
      endedBy: 'us',
      paymentId: debit?.id ?? null,
    });
    await tx.audit.append({
      actor: 'system',
      action: 'collection.cancelled',
      subject: invoiceSubject(collection.invoiceId),
      correlationId: job.event.correlationId,
      details: { attempt: collection.attempt, paymentId: debit?.id ?? null },
    });
  });
}

/** A debit that should not (or not so much) be taken and can no longer be stopped. */
export interface TooLate {
  readonly collection: Collection;
  /** As GoCardless has it now, when that is known. */
  readonly debit?: Debit | null;
  readonly kind: ReviewKind;
  /** Why it should not be taken; ends a sentence. */
  readonly why: string;
}

const UNDER_WAY = 'is under way and can no longer be cancelled by us';
const TOO_LATE: Readonly<Partial<Record<CollectionState, string>>> = {
  failed: 'failed and will be tried again by GoCardless, which we cannot stop',
  confirmed: 'has been taken from the client already',
  paid_out: 'has been taken from the client and paid out already',
};

/** What to ask about it. */
export function tooLateQuestion({ collection, debit = null, kind, why }: TooLate): Question {
  const { paymentId, scheduleId, amount, invoiceId, invoiceNumber } = collection;
  const name = debit?.id ?? paymentId ?? `of schedule ${scheduleId ?? ''}`;
  const stands = TOO_LATE[debit === null ? collection.state : stateOfDebit(debit.status)] ?? UNDER_WAY;
  return {
    kind,
    subject: invoiceSubject(invoiceId),
    amount,
    reasons: [`Debit ${name} of ${formatMoney(amount)} for invoice ${invoiceNumber} ${stands}, but ${why}.`],
    // That the money may come twice is one danger, whatever else pays; how a debit does not fit is another each time.
    covers: kind === 'double_payment_risk' ? debitUnderWay(name) : `${debitUnderWay(name)}: ${why}`,
  };
}

/** Asks it. */
export function askTooLate(job: Job, tooLate: TooLate): Promise<FlowResult> {
  return ask(job, tooLateQuestion(tooLate));
}

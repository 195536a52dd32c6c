import {
  type Collection,
  ConnectorError,
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type ReviewKind,
} from '@mlc/core';
import { ask, invoiceSubject } from './review.ts';
import { asksToRetry, trackDebit } from './track-debit.ts';
import { canCancel } from './in-flight.ts';

/** How taking back a debit ended. */
export type Withdrawal =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'ended-before' }
  | { readonly kind: 'too-late'; readonly debit: Debit | null };

/** Cancels a live debit if GoCardless still can; the collection is at its newest state afterwards. */
export async function withdraw(
  context: FlowContext,
  inbound: InboundEvent,
  collection: Collection,
): Promise<Withdrawal> {
  const debit = await locate(context, collection);
  if (debit === null) {
    if (collection.origin !== 'ours') return { kind: 'too-late', debit: null };
    await end(context, inbound, { collection, debit: null });
    return { kind: 'cancelled' };
  }
  await follow(context, inbound, { collection, debit });
  if (debit.status === 'cancelled' || debit.status === 'failed' || debit.status === 'charged_back') {
    const retries = await asksToRetry(context, debit);
    return retries ? { kind: 'too-late', debit } : { kind: 'ended-before' };
  }
  const cancellable =
    debit.status === 'pending_submission' &&
    canCancel({ state: 'pending_submission', origin: collection.origin });
  if (!cancellable) return { kind: 'too-late', debit };
  return cancel(context, inbound, { collection, debit });
}

/** The payment of a collection; for a planned one whose call may have arrived, found by our key in its metadata. */
async function locate(context: FlowContext, collection: Collection): Promise<Debit | null> {
  if (collection.paymentId !== null) return context.debits.getDebit(collection.paymentId);
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

/** It is on record as our doing before the call: a crash in between must not look like somebody else's cancellation. */
async function cancel(
  context: FlowContext,
  inbound: InboundEvent,
  { collection, debit }: { collection: Collection; debit: Debit },
): Promise<Withdrawal> {
  const { collections } = context.store;
  await collections.update(collection.id, { endedBy: 'us' });
  try {
    const cancelled = await context.debits.cancelDebit(debit.id);
    await end(context, inbound, { collection, debit: cancelled });
    return { kind: 'cancelled' };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== 'cancellation_failed') throw error;
    await collections.update(collection.id, { endedBy: null });
    return { kind: 'too-late', debit };
  }
}

function follow(
  context: FlowContext,
  inbound: InboundEvent,
  { collection, debit }: { collection: Collection; debit: Debit },
): Promise<void> {
  return context.store.transaction((tx) =>
    trackDebit(tx, collection, debit, { willAttemptRetry: false, correlationId: inbound.correlationId }),
  );
}

function end(
  context: FlowContext,
  inbound: InboundEvent,
  { collection, debit }: { collection: Collection; debit: Debit | null },
): Promise<void> {
  return context.store.transaction(async (tx) => {
    await tx.collections.update(collection.id, {
      state: 'cancelled',
      endedBy: 'us',
      paymentId: debit?.id ?? null,
    });
    await tx.audit.append({
      actor: 'system',
      action: 'collection.cancelled',
      subject: invoiceSubject(collection.invoiceId),
      correlationId: inbound.correlationId,
      details: { attempt: collection.attempt, paymentId: debit?.id ?? null },
    });
  });
}

/** The question when a debit that should not (or not so much) be taken can no longer be stopped. */
export function askTooLate(
  context: FlowContext,
  inbound: InboundEvent,
  { collection, kind, why }: { collection: Collection; kind: ReviewKind; why: string },
): Promise<FlowResult> {
  const debit = collection.paymentId ?? `of schedule ${collection.scheduleId ?? ''}`;
  return ask(context, inbound, {
    kind,
    subject: invoiceSubject(collection.invoiceId),
    amount: collection.amount,
    reasons: [
      `Debit ${debit} of ${formatMoney(collection.amount)} for invoice ${collection.invoiceNumber} is under way and ` +
        `can no longer be cancelled by us, but ${why}.`,
    ],
  });
}

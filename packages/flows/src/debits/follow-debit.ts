import {
  type Collection,
  type CollectionOrigin,
  type Debit,
  deriveKey,
  type Effect,
  type FlowContext,
  type InboundEvent,
  type Job,
  type Repositories,
} from '@mlc/core';
import { asksToRetry, trackDebit } from './track-debit.ts';

/** The invoice a debit is followed on. */
export interface FollowedOn {
  readonly invoiceId: string;
  /** The collection that follows it already; null when one is still to be made. */
  readonly collection: Collection | null;
  readonly origin: CollectionOrigin;
}

/**
 * How the collection of a debit is brought to where the debit is now, in the stage of rows; everything of the providers is read
 * before the transaction.
 */
export async function followingOf(
  job: Job,
  { debit, target }: { debit: Debit; target: FollowedOn },
): Promise<(tx: Repositories) => Promise<readonly Effect[]>> {
  const willAttemptRetry = await asksToRetry(job, debit);
  const details = await invoiceDetails(job, target);
  return (tx) => followDebit(job, tx, { event: job.event, debit, target, willAttemptRetry, details });
}

/** Number and client of the invoice, for the row of a debit that is followed for the first time. */
async function invoiceDetails(
  context: FlowContext,
  target: FollowedOn,
): Promise<{ number: string; clientId: string }> {
  if (target.collection !== null)
    return { number: target.collection.invoiceNumber, clientId: target.collection.clientId };
  const invoice = await context.books.getInvoice(target.invoiceId);
  return { number: invoice?.number ?? '', clientId: invoice?.clientId ?? '' };
}

interface Followed {
  readonly event: InboundEvent;
  readonly debit: Debit;
  readonly target: FollowedOn;
  readonly willAttemptRetry: boolean;
  readonly details: { readonly number: string; readonly clientId: string };
}

/** Records where the debit is; one seen for the first time gets its collection row. */
async function followDebit(
  context: FlowContext,
  tx: Repositories,
  followed: Followed,
): Promise<readonly Effect[]> {
  const { event, debit, target, willAttemptRetry } = followed;
  const known = (await tx.collections.byPayment(debit.id)) ?? target.collection;
  const collection = known ?? (await startFollowing(context, tx, followed));
  return trackDebit(tx, collection, debit, { willAttemptRetry, correlationId: event.correlationId });
}

/** Planned until `trackDebit` has moved it to where the debit is. */
async function startFollowing(
  context: FlowContext,
  tx: Repositories,
  { debit, target, details }: Followed,
): Promise<Collection> {
  const attempt = ((await tx.collections.ofInvoice(target.invoiceId)).at(-1)?.attempt ?? 0) + 1;
  return tx.collections.insert({
    invoiceId: target.invoiceId,
    invoiceNumber: details.number,
    clientId: details.clientId,
    attempt,
    origin: target.origin,
    paymentId: null,
    mandateId: debit.mandateId,
    amount: debit.amount,
    chargeDate: debit.chargeDate,
    wantedDate: null,
    creditorId: debit.creditorId ?? null,
    state: 'planned',
    idempotencyKey: deriveKey(context.sha256, [
      'followed',
      context.books.accountId,
      debit.id,
      target.invoiceId,
    ]),
    scheduleId: debit.subscriptionId ?? debit.instalmentScheduleId,
    willAttemptRetry: false,
    calledAt: null,
    endedBy: null,
  });
}

import {
  type Collection,
  type Debit,
  type Effect,
  type FlowContext,
  hasEnded,
  type Repositories,
  stateOfDebit,
} from '@mlc/core';
import { asOurs } from '../ledger/settle-payouts.ts';

/** What goes with a debit's state into its collection. */
interface Tracking {
  readonly willAttemptRetry: boolean;
  readonly correlationId: string;
}

/**
 * Moves a collection to where its GoCardless payment is now, with an audit entry when that is a change. In a step of rows;
 * answers with what comes of it later.
 */
export async function trackDebit(
  tx: Repositories,
  collection: Collection,
  debit: Debit,
  tracking: Tracking,
): Promise<readonly Effect[]> {
  if (collection.paymentId !== debit.id)
    return asOurs(tx, debit.id, () => moveCollection(tx, collection, debit, tracking));
  await moveCollection(tx, collection, debit, tracking);
  return [];
}

async function moveCollection(
  tx: Repositories,
  collection: Collection,
  debit: Debit,
  { willAttemptRetry, correlationId }: Tracking,
): Promise<void> {
  const state = stateOfDebit(debit.status);
  await tx.collections.update(collection.id, {
    state,
    paymentId: debit.id,
    chargeDate: debit.chargeDate,
    amount: debit.amount,
    mandateId: debit.mandateId,
    willAttemptRetry,
  });
  await tx.arrivals.expect(debit);
  if (state === collection.state && collection.paymentId === debit.id) return;
  await tx.audit.append({
    actor: 'system',
    action: 'collection.moved',
    subject: { provider: 'gocardless', type: 'payment', id: debit.id },
    correlationId,
    details: {
      invoiceId: collection.invoiceId,
      attempt: collection.attempt,
      from: collection.state,
      to: state,
    },
  });
}

/**
 * Whether GoCardless will retry a failed payment by itself; asked only when it matters. What it said before the mandate
 * ended does not count any more.
 */
export async function asksToRetry(context: FlowContext, debit: Debit): Promise<boolean> {
  if (debit.status !== 'failed' || !(await context.debits.willRetry(debit.id))) return false;
  const mandate = debit.mandateId === '' ? null : await context.debits.getMandate(debit.mandateId);
  return mandate === null || !hasEnded(mandate);
}

import { type Collection, type Job, stateOfDebit, step } from '@mlc/core';
import { record } from '../running/record.ts';
import { asksToRetry, trackDebit } from '../debits/track-debit.ts';

/** Ends from which a debit comes back under the same id: retried in the dashboard, or its chargeback was cancelled. */
const MAY_COME_BACK: readonly string[] = ['failed', 'charged_back'];

/**
 * Looks at GoCardless whether debits of the invoice that had ended are under way again: the webhook that says so may be late,
 * and another debit in their place would take the money twice. True when there were any; they are on record then.
 */
export async function followRevived(job: Job, collections: readonly Collection[]): Promise<boolean> {
  let hasRevived = false;
  for (const collection of collections) {
    if (collection.paymentId === null || !MAY_COME_BACK.includes(collection.state)) continue;
    const debit = await job.debits.getDebit(collection.paymentId);
    if (debit === null || stateOfDebit(debit.status) === collection.state) continue;
    const willAttemptRetry = await asksToRetry(job, debit);
    const tracking = { willAttemptRetry, correlationId: job.event.correlationId };
    await record(job, [step('rows', (tx) => trackDebit(tx, collection, debit, tracking))]);
    hasRevived = true;
  }
  return hasRevived;
}

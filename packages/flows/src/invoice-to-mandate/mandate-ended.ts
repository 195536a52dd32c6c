import { type Collection, type Debit, isUsable, type Job, type Mandate, stateOfDebit, step } from '@mlc/core';
import { invoiceLock } from '../running/locks.ts';
import { askNotCollected } from '../debits/not-collected.ts';
import { record } from '../running/record.ts';
import { asksToRetry, trackDebit } from '../debits/track-debit.ts';

/**
 * Looks at the debits that waited on a mandate when it is not usable any more: GoCardless cancels them, and gives up retries,
 * and the events that say so may be late or lost. Each one's effect is recorded before the next is looked at. Returns the
 * invoices of debits that do not exist yet.
 */
export async function lookAtDebitsOn(job: Job, mandate: Mandate): Promise<readonly string[]> {
  if (isUsable(mandate)) return [];
  const waiting = await job.store.collections.liveOnMandate(mandate.id);
  for (const { paymentId, invoiceId } of waiting) {
    if (paymentId === null) continue;
    await job.locks.letGoAfter(() =>
      job.locks.withLock(invoiceLock(job, invoiceId), () => look(job, paymentId)),
    );
  }
  return waiting.filter(({ paymentId }) => paymentId === null).map(({ invoiceId }) => invoiceId);
}

async function look(job: Job, debitId: string): Promise<void> {
  const { correlationId } = job.event;
  const collection = await job.store.collections.byPayment(debitId);
  const debit = await job.debits.getDebit(debitId);
  if (collection === null || debit === null || !isBeforeMoney(collection) || !isOver(debit)) return;
  const willAttemptRetry = await asksToRetry(job, debit);
  const ended = { ...collection, state: stateOfDebit(debit.status), willAttemptRetry };
  const asked = await askNotCollected(job, ended);
  const tracking = { willAttemptRetry, correlationId };
  await record(job, [step('rows', (tx) => trackDebit(tx, collection, debit, tracking)), ...asked]);
}

/** What goes on has its own events. */
function isOver({ status }: Debit): boolean {
  return ['failed', 'cancelled', 'charged_back'].includes(stateOfDebit(status));
}

/** Once its money was there it is the business of the flow that books it. */
function isBeforeMoney({ state }: Collection): boolean {
  return state !== 'confirmed' && state !== 'paid_out';
}

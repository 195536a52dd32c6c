import {
  type Collection,
  collectionKey,
  type Debit,
  type FlowContext,
  type Invoice,
  type Job,
  type NewCollection,
  step,
} from '@mlc/core';
import { record } from '../running/record.ts';
import { asksToRetry, trackDebit } from '../debits/track-debit.ts';
import { looseCollection } from './link-debit.ts';

/** Keys of the first so many attempts are tried to tell which one a debit is. */
const ATTEMPTS_TRIED = 50;

/**
 * Puts debits on record that were made for the invoice by an earlier installation (a store that was lost, or restored from
 * before them), each as the attempt it was: from then on they decide like any other.
 */
export async function adoptDebits(
  job: Job,
  { invoice, debits }: { invoice: Invoice; debits: readonly Debit[] },
): Promise<void> {
  for (const debit of debits.toSorted(oldestFirst)) {
    const willAttemptRetry = await asksToRetry(job, debit);
    const attempts = await job.store.collections.ofInvoice(invoice.id);
    const key = debit.metadata['mlc_collection'];
    const planned = attempts.find((one) => one.paymentId === null && one.idempotencyKey === key);
    const adopt = step('rows', async (tx) => {
      const collection = planned ?? (await tx.collections.insert(adopted(job, invoice, { debit, attempts })));
      const tracking = { willAttemptRetry, correlationId: job.event.correlationId };
      return trackDebit(tx, collection, debit, tracking);
    });
    await record(job, [adopt]);
  }
}

function oldestFirst(left: Debit, right: Debit): number {
  const [first, second] =
    left.createdAt === right.createdAt ? [left.id, right.id] : [left.createdAt, right.createdAt];
  return first < second ? -1 : 1;
}

function adopted(
  context: FlowContext,
  invoice: Invoice,
  { debit, attempts }: { debit: Debit; attempts: readonly Collection[] },
): NewCollection {
  const loose = looseCollection(context, invoice, { debit, attempts });
  const unknown = { ...loose, origin: 'ours', paymentId: null, state: 'planned' } as const;
  const attempt = attemptOf(context, invoice, debit);
  const isFree = !attempts.some((one) => one.attempt === attempt);
  if (attempt === null || !isFree) return unknown;
  return { ...unknown, attempt, idempotencyKey: debit.metadata['mlc_collection'] ?? unknown.idempotencyKey };
}

/** Which attempt's key it carries; null when it was made under a key that is derived otherwise. */
function attemptOf(context: FlowContext, invoice: Invoice, debit: Debit): number | null {
  for (let attempt = 1; attempt <= ATTEMPTS_TRIED; attempt += 1) {
    const key = collectionKey(context.sha256, context.books.accountId, invoice.id, attempt);
    if (key === debit.metadata['mlc_collection']) return attempt;
  }
  return null;
}

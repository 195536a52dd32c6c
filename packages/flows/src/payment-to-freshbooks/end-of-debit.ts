import {
  type Debit,
  type DebitStatus,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  type Repositories,
} from '@mlc/core';
import { askNotCollected, settleNotCollected } from '../shared/not-collected.ts';
import { debitSubject, WHERE_MONEY_BELONGS } from '../shared/review.ts';
import { lookAgainAtRisks, settleUnderWay } from '../shared/under-way.ts';
import { isOurs } from './debit-ledger.ts';

const ENDED: ReadonlySet<DebitStatus> = new Set([
  'failed',
  'cancelled',
  'customer_approval_denied',
  'charged_back',
]);

/** A debit of an invoice, where it stands now. */
interface Standing {
  readonly debit: Debit;
  readonly invoiceId: string;
}

/**
 * The run's result, with what the invoice has to be told: its debit came to nothing, or lives (again). What was asked about
 * a debit that is under way is over once it is not.
 */
export async function withEnd(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, invoiceId }: Standing,
  result: FlowResult,
): Promise<FlowResult> {
  const about = { debitId: debit.id, invoiceId };
  const followed = await context.store.collections.byPayment(debit.id);
  const hasEnded = ENDED.has(debit.status) && followed?.willAttemptRetry !== true;
  const isItsOwn = followed?.invoiceId === invoiceId;
  const asked = hasEnded && isItsOwn ? await askNotCollected(context, inbound, followed) : null;
  return {
    ...result,
    record: async (tx) => {
      await result.record?.(tx);
      if (!hasEnded) await settleNotCollected(tx, about, `debit ${debit.id} is ${debit.status} again`);
      else await settleUnderWay(tx, about, `debit ${debit.id} is ${debit.status}`);
      await asked?.(tx);
    },
  };
}

/** A debit that nobody here made did not bring its money, or lost it. */
export async function settleWithoutMoney(tx: Repositories, debit: Debit): Promise<void> {
  if (isOurs(debit)) return;
  await tx.reviews.settle(
    WHERE_MONEY_BELONGS,
    debitSubject(debit.id),
    `GoCardless payment ${debit.id} is ${debit.status}`,
  );
  if (ENDED.has(debit.status)) await lookAgainAtRisks(tx, debit.id);
}

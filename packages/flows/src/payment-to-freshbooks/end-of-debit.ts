import { type Debit, type DebitStatus, type Effect, type FlowResult, type Job, settles } from '@mlc/core';
import { askNotCollected, settlesNotCollected } from '../debits/not-collected.ts';
import { WHERE_MONEY_BELONGS } from '../asking/review.ts';
import { debitSubject } from '../running/subjects.ts';
import { looksAgainAtRisks, settlesUnderWay } from '../asking/under-way.ts';
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
  job: Job,
  { debit, invoiceId }: Standing,
  result: FlowResult,
): Promise<FlowResult> {
  const about = { debitId: debit.id, invoiceId };
  const isEnd = ENDED.has(debit.status);
  const followed = isEnd ? await job.store.collections.byPayment(debit.id) : null;
  const hasEnded = isEnd && followed?.willAttemptRetry !== true;
  const isItsOwn = followed?.invoiceId === invoiceId;
  const asked = hasEnded && isItsOwn ? await askNotCollected(job, followed) : [];
  const over = hasEnded
    ? settlesUnderWay(about, `debit ${debit.id} is ${debit.status}`)
    : [settlesNotCollected(about, `debit ${debit.id} is ${debit.status} again`)];
  return { ...result, effects: [...result.effects, ...over, ...asked] };
}

/** A debit that nobody here made did not bring its money, or lost it. */
export function withoutMoney(debit: Debit): readonly Effect[] {
  if (isOurs(debit)) return [];
  const why = `GoCardless payment ${debit.id} is ${debit.status}`;
  return [
    settles(WHERE_MONEY_BELONGS, debitSubject(debit.id), why),
    ...(ENDED.has(debit.status) ? [looksAgainAtRisks(debit.id)] : []),
  ];
}

import { type Debit, type FlowResult, formatMoney, type Job, type UnmatchedPayment } from '@mlc/core';
import { ask } from '../asking/review.ts';
import { debitSubject } from '../running/subjects.ts';

/** The question when a foreign debit has no single exact invoice. */
export function askForeign(
  job: Job,
  { debit, match }: { debit: Debit; match: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(job, {
    kind: match.kind,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} was not made here: ${match.why}.`,
    ],
    candidates: match.candidates,
  });
}

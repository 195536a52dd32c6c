import {
  type Collection,
  type Effect,
  ENTRIES_GONE,
  type FlowResult,
  type Invoice,
  type Job,
  settles,
  skipped,
  step,
} from '@mlc/core';
import { ask } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { askTooLate, withdraw } from '../debits/withdraw.ts';
import type { Situation } from './situation.ts';

/**
 * A person took money off the invoice, in FreshBooks or here: nothing is debited for it by itself. A debit under way stays
 * while it is its client's and no more than what is outstanding, and is cancelled otherwise.
 */
export async function stopped(
  job: Job,
  { invoice, stop, current }: Extract<Situation, { kind: 'stopped' }>,
): Promise<FlowResult> {
  if (current !== null && isWrong(current, invoice)) {
    const withdrawal = await withdraw(job, current);
    if (withdrawal.kind === 'too-late') {
      const why = stop.kind === 'aside' ? stop.why : (stop.question.reasons[0] ?? '');
      const { debit } = withdrawal;
      return askTooLate(job, { collection: current, debit, kind: 'amount_mismatch', why });
    }
  }
  return stop.kind === 'aside'
    ? skipped('money-set-aside', `${stop.why}: not collected until that is answered, or the invoice released`)
    : ask(job, stop.question);
}

/** Everything stands again, or nothing is outstanding: the question about what was gone is not true any more. */
export function settlesStop(invoiceId: string): Effect {
  const subject = invoiceSubject(invoiceId);
  return step('looks', async (tx) => {
    const open = (await tx.reviews.openOn(subject)).find(({ kind }) => kind === 'double_payment_risk');
    if (open?.covers?.startsWith(ENTRIES_GONE) !== true) return [];
    return [settles([open.kind], subject, 'what was booked stands again, or nothing is outstanding')];
  });
}

/** One that was only planned may have been sent: whether it was is found out by taking it back. */
function isWrong({ amount, state, clientId }: Collection, invoice: Invoice): boolean {
  return state === 'planned' || clientId !== invoice.clientId || amount.minor > invoice.outstanding.minor;
}

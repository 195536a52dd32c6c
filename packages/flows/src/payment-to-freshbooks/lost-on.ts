import { dateIn, type Debit, type FlowContext, LOSING_ACTIONS } from '@mlc/core';

/** GoCardless' words for steps after which the money is (provisionally) the business's (gocardless.md 3). */
const REACHED: ReadonlySet<string> = new Set(['confirmed', 'paid_out', 'chargeback_cancelled']);

/**
 * The day on which the money of a debit was lost, by GoCardless' own events and not by when they reached us, so that the
 * ledger is the same whoever runs it and whenever; today when GoCardless keeps no such event.
 */
export async function lostOn(context: FlowContext, debit: Debit): Promise<string> {
  const steps = await context.debits.stepsOf(debit.id);
  const sinceReached = steps.slice(steps.findLastIndex(({ action }) => REACHED.has(action)) + 1);
  const lost = sinceReached.find(({ action }) => LOSING_ACTIONS.has(action));
  return dateIn(context.business.timezone, lost === undefined ? context.clock.now() : new Date(lost.at));
}

/** How often its money was reached and lost again, by GoCardless' own events. */
export async function lossesOf(context: FlowContext, debit: Debit): Promise<number> {
  let losses = 0;
  let isOurs = false;
  for (const { action } of await context.debits.stepsOf(debit.id)) {
    if (REACHED.has(action)) isOurs = true;
    else if (isOurs && LOSING_ACTIONS.has(action)) {
      losses += 1;
      isOurs = false;
    }
  }
  return losses;
}

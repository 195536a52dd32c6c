import type { Debit, DebitStatus, DebitStep, FlowContext } from '@mlc/core';
import { notShown } from '../running/not-shown.ts';

const WAITING: readonly DebitStatus[] = ['pending_customer_approval', 'pending_submission'];
const UNDER_WAY: readonly DebitStatus[] = [...WAITING, 'submitted'];
const IN_FORCE: readonly DebitStatus[] = [...UNDER_WAY, 'confirmed', 'paid_out'];

/** What a payment was before each step (gocardless.md 3); steps that say nothing of its status are left out. */
const BEFORE: Readonly<Record<string, readonly DebitStatus[]>> = {
  customer_approval_granted: ['pending_customer_approval'],
  customer_approval_denied: ['pending_customer_approval'],
  submitted: WAITING,
  confirmed: UNDER_WAY,
  paid_out: [...UNDER_WAY, 'confirmed'],
  cancelled: WAITING,
  failed: IN_FORCE,
  charged_back: IN_FORCE,
  chargeback_cancelled: ['charged_back'],
  resubmission_requested: ['failed'],
};

/** What an event says happened to which debit. */
export interface DebitNews {
  readonly debitId: string;
  /** GoCardless' word for it: `confirmed`. */
  readonly action: string;
}

/**
 * The debit as it is now. Rejects with `not-ready` when GoCardless does not show it, or shows it as it was before what the
 * event tells: a booking or a reversal would be left out, and nobody would tell of it again.
 */
export async function readDebit(context: FlowContext, { debitId, action }: DebitNews): Promise<Debit> {
  const of = { provider: 'GoCardless', operation: 'getDebit' } as const;
  const debit = await context.debits.getDebit(debitId);
  if (debit === null) throw notShown({ ...of, says: `has no payment ${debitId}` });
  if (!mayBeBehind(debit.status, action)) return debit;
  if (hasMovedOn(await context.debits.stepsOf(debitId), action)) return debit;
  throw notShown({ ...of, says: `shows payment ${debitId} as ${debit.status}, and told of it as ${action}` });
}

/** Whether the status is one from before the step; a payment that is tried again comes back to such a one later, too. */
export function mayBeBehind(status: DebitStatus, action: string): boolean {
  return Object.hasOwn(BEFORE, action) && BEFORE[action]?.includes(status) === true;
}

/** Whether something happened to it since the step that was told: then what GoCardless shows is the newer. Oldest first. */
export function hasMovedOn(steps: readonly Pick<DebitStep, 'action'>[], action: string): boolean {
  const told = steps.findLastIndex((step) => step.action === action);
  return told !== -1 && steps.slice(told + 1).some((step) => Object.hasOwn(BEFORE, step.action));
}

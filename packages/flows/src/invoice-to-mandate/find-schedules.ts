import {
  type Debit,
  type FlowContext,
  isUsable,
  type Mandate,
  sameMoney,
  stateOfDebit,
  daysBetween,
  type Money,
} from '@mlc/core';
import { whyOfOthers } from '../debits/whose.ts';
import { type ScheduledDebit, SCHEDULE_WINDOW_DAYS, upcomingOf } from './decide.ts';

/** What the invoice needs, to tell a fitting scheduled debit from one that is merely past. */
export interface Wanted {
  readonly outstanding: Money;
  readonly dueDate: string;
  /** The debits there are on the mandates. */
  readonly debits: readonly Debit[];
}

/** Debits that subscriptions and instalment schedules take on these mandates and that no invoice claims yet. */
export async function findUnlinkedSchedules(
  context: FlowContext,
  mandates: readonly Mandate[],
  wanted: Wanted,
): Promise<ScheduledDebit[]> {
  const found: ScheduledDebit[] = [];
  for (const mandate of mandates.filter(isUsable)) found.push(...(await onMandate(context, mandate, wanted)));
  return found;
}

async function onMandate(context: FlowContext, mandate: Mandate, wanted: Wanted): Promise<ScheduledDebit[]> {
  const all = await context.debits.listSubscriptions(mandate.id);
  const subscriptions = all.filter((subscription) => whyOfOthers(context, subscription) === null);
  const theirs = new Set(all.filter((one) => !subscriptions.includes(one)).map(({ id }) => id));
  const created = wanted.debits
    .filter(({ mandateId }) => mandateId === mandate.id)
    .filter((debit) => whyOfOthers(context, debit) === null && !theirs.has(debit.subscriptionId ?? ''))
    .flatMap(scheduled);
  const planned = subscriptions.flatMap((subscription) =>
    upcomingOf(subscription, chargeDatesOf(created, subscription.id)),
  );
  const unlinked: ScheduledDebit[] = [];
  for (const debit of [...created, ...planned]) {
    const counts = isRelevant(debit, wanted) || (await isRetried(context, debit, wanted));
    if (counts && !(await isTaken(context, debit))) unlinked.push(debit);
  }
  return unlinked;
}

function scheduled(debit: Debit): ScheduledDebit[] {
  const scheduleId = debit.subscriptionId ?? debit.instalmentScheduleId;
  if (scheduleId === null || debit.chargeDate === null) return [];
  return [
    {
      scheduleId,
      origin: debit.subscriptionId === null ? 'instalment' : 'subscription',
      mandateId: debit.mandateId,
      paymentId: debit.id,
      amount: debit.amount,
      chargeDate: debit.chargeDate,
      state: stateOfDebit(debit.status),
    },
  ];
}

function chargeDatesOf(created: readonly ScheduledDebit[], scheduleId: string): Set<string> {
  return new Set(created.filter((debit) => debit.scheduleId === scheduleId).map((debit) => debit.chargeDate));
}

/** Still to come, or already collected and fitting this very invoice. Ended ones collect nothing. */
function isRelevant(debit: ScheduledDebit, wanted: Wanted): boolean {
  switch (debit.state) {
    case 'planned':
    case 'requested':
    case 'pending_submission':
    case 'submitted':
      return true;
    case 'confirmed':
    case 'paid_out':
      return (
        sameMoney(debit.amount, wanted.outstanding) &&
        Math.abs(daysBetween(wanted.dueDate, debit.chargeDate)) <= SCHEDULE_WINDOW_DAYS
      );
    case 'failed':
    case 'cancelled':
    case 'charged_back':
      return false;
  }
}

/** A failed one of this amount that GoCardless is going to take again. */
async function isRetried(
  context: FlowContext,
  { state, paymentId, amount }: ScheduledDebit,
  { outstanding }: Wanted,
): Promise<boolean> {
  if (state !== 'failed' || paymentId === null || !sameMoney(amount, outstanding)) return false;
  return context.debits.willRetry(paymentId);
}

/** True when another invoice holds it: by payment id, or by schedule and date while the payment did not exist. */
async function isTaken(context: FlowContext, debit: ScheduledDebit): Promise<boolean> {
  const { collections, postings } = context.store;
  if (debit.paymentId !== null) {
    if ((await collections.byPayment(debit.paymentId)) !== null) return true;
    if ((await postings.ofSource('gocardless', debit.paymentId)).length > 0) return true;
  }
  const linked = await collections.ofSchedule(debit.scheduleId);
  return linked.some(
    (collection) =>
      (collection.paymentId === null || collection.paymentId === debit.paymentId) &&
      collection.chargeDate === debit.chargeDate,
  );
}

import { allInFlight, canCancel, type KnownCollection, runningOf } from '../debits/in-flight.ts';
import { differencesOf, type Wanted } from './fit.ts';
import {
  type Collection,
  type CollectionState,
  daysBetween,
  type DebitSubscription,
  firstChargeDate,
  isLive,
  type Mandate,
  type Money,
  type Policy,
  sameMoney,
} from '@mlc/core';

/** What the earlier debits of an invoice mean for collecting `outstanding` now. */
export type ExistingDecision =
  | { readonly kind: 'free'; readonly nextAttempt: number; readonly last: Collection | null }
  | { readonly kind: 'resume'; readonly collection: Collection }
  | { readonly kind: 'enough'; readonly collection: Collection }
  | { readonly kind: 'replace'; readonly collection: Collection; readonly wanted: Wanted }
  | { readonly kind: 'too-late'; readonly collection: Collection; readonly wanted: Wanted }
  | { readonly kind: 'several'; readonly collections: readonly Collection[] };

/** Section "What a running debit has to agree in" of docs/decisions.md. */
export function decideExisting(known: readonly KnownCollection[], wanted: Wanted): ExistingDecision {
  const inFlight = allInFlight(known);
  // Its payment is on its way into the books; what then remains outstanding is looked at when it has arrived.
  const inDoubt = inFlight.findLast(({ booked }) => booked === 'in-doubt');
  if (inDoubt !== undefined) return { kind: 'enough', collection: inDoubt.collection };
  const [running, ...more] = runningOf(known);
  if (running !== undefined && more.length > 0) return { kind: 'several', collections: [running, ...more] };
  if (running !== undefined) return decideRunning(running, wanted);
  const planned = inFlight.at(-1)?.collection;
  if (planned !== undefined) return { kind: 'resume', collection: planned };
  const attempts = known.map(({ collection }) => collection.attempt);
  const last = known.findLast(({ booked }) => booked !== 'elsewhere')?.collection ?? null;
  return { kind: 'free', nextAttempt: Math.max(0, ...attempts) + 1, last };
}

function decideRunning(collection: Collection, wanted: Wanted): ExistingDecision {
  const fits = differencesOf(collection, wanted).length === 0;
  const isAskedFor = collection.state === 'planned' && collection.origin === 'ours';
  if (fits) return { kind: isAskedFor ? 'resume' : 'enough', collection };
  return { kind: isAskedFor || canCancel(collection) ? 'replace' : 'too-late', collection, wanted };
}

/**
 * A debit that ended badly is not repeated by itself on the same mandate: the payer would be charged again because some
 * webhook came by. A new mandate, a changed amount (after a failure) or a person releasing it allows the next attempt.
 */
export function mayCollectAgain(last: Collection | null, mandate: Mandate, outstanding: Money): boolean {
  if (last === null || last.endedBy === 'us') return true;
  if (isLive(last)) return true;
  if (last.mandateId !== mandate.id) return true;
  return last.state === 'failed' && !sameMoney(last.amount, outstanding);
}

/** The date to ask for; null = as soon as the mandate allows (rows "otherwise" and policy `chargeDate`). */
export function chargeDateFor(
  policy: Policy,
  dueDate: string | null,
  mandate: Mandate,
  today: string,
): string | null {
  const soonest = mandate.nextPossibleChargeDate ?? today;
  const first = firstChargeDate(mandate) ?? today;
  if (policy.chargeDate === 'due-date' && dueDate !== null && dueDate >= first) return dueDate;
  // "As soon as the mandate allows" may be before the consent begins.
  return first > soonest ? first : null;
}

/** One debit that a subscription or instalment schedule will take (or took) on the client's mandate. */
export interface ScheduledDebit {
  readonly scheduleId: string;
  readonly origin: 'subscription' | 'instalment';
  readonly mandateId: string;
  /** Null while GoCardless has not created the payment yet. */
  readonly paymentId: string | null;
  readonly amount: Money;
  readonly chargeDate: string;
  /** GoCardless status, or `planned` before it exists. */
  readonly state: CollectionState;
}

/** A scheduled debit may be this many days away from the invoice's due date (design section 4). */
export const SCHEDULE_WINDOW_DAYS = 7;

export type ScheduleDecision =
  | { readonly kind: 'link'; readonly debit: ScheduledDebit }
  | { readonly kind: 'risk'; readonly scheduleId: string; readonly why: string }
  | { readonly kind: 'none' };

/** Whether a retainer's own debit already collects this invoice. `unlinked` are those not tied to another invoice. */
export function decideSchedule(
  unlinked: readonly ScheduledDebit[],
  outstanding: Money,
  dueDate: string,
): ScheduleDecision {
  const distance = (debit: ScheduledDebit): number => Math.abs(daysBetween(dueDate, debit.chargeDate));
  const [best] = unlinked
    .filter((debit) => sameMoney(debit.amount, outstanding) && distance(debit) <= SCHEDULE_WINDOW_DAYS)
    .sort((left, right) => distance(left) - distance(right) || compare(left, right));
  if (best !== undefined) return { kind: 'link', debit: best };
  const [next] = [...unlinked].sort(compare);
  if (next === undefined) return { kind: 'none' };
  return {
    kind: 'risk',
    scheduleId: next.scheduleId,
    why:
      `the mandate carries ${next.origin} ${next.scheduleId}, which takes ${next.amount.minor} ${next.amount.currency} ` +
      `(minor units) on ${next.chargeDate}: not the invoice's amount within ${SCHEDULE_WINDOW_DAYS} days of ${dueDate}`,
  };
}

function compare(left: ScheduledDebit, right: ScheduledDebit): number {
  if (left.chargeDate !== right.chargeDate) return left.chargeDate < right.chargeDate ? -1 : 1;
  return left.scheduleId < right.scheduleId ? -1 : left.scheduleId > right.scheduleId ? 1 : 0;
}

/** What an active subscription is about to take and has not created yet. */
export function upcomingOf(
  subscription: DebitSubscription,
  createdOn: ReadonlySet<string>,
): ScheduledDebit[] {
  if (subscription.status !== 'active') return [];
  return subscription.upcoming
    .filter((upcoming) => !createdOn.has(upcoming.chargeDate))
    .map((upcoming) => ({
      scheduleId: subscription.id,
      origin: 'subscription',
      mandateId: subscription.mandateId,
      paymentId: null,
      amount: { minor: upcoming.amountMinor, currency: subscription.currency },
      chargeDate: upcoming.chargeDate,
      state: 'planned',
    }));
}

import type { Policy } from '../business/business.ts';
import { dateIn } from '../dates/dates.ts';
import type { Debit, DebitStep } from '../ports/debits.ts';

/** From when on a debit counts as money in the provider's hands: the policy `recordPaymentAt`. */
export type RecordPoint = Policy['recordPaymentAt'];

/** The day asked about, and how days and payments are counted. */
export interface AsOf {
  /** YYYY-MM-DD; its end. */
  readonly day: string;
  readonly point: RecordPoint;
  /** IANA zone in which a moment of the provider becomes a day. */
  readonly timezone: string;
}

/** What GoCardless does to a debit that changes whether it stands (gocardless.md 3). */
export const TURNING_ACTIONS = [
  'failed',
  'charged_back',
  'chargeback_cancelled',
  'resubmission_requested',
] as const;

const REACHED: Readonly<Record<RecordPoint, ReadonlySet<string>>> = {
  confirmed: new Set(['confirmed', 'paid_out']),
  paid_out: new Set(['paid_out']),
};
/** Steps after which a debit's money is not the business's any more (gocardless.md 3). */
export const LOSING_ACTIONS: ReadonlySet<string> = new Set([
  'failed',
  'charged_back',
  'cancelled',
  'customer_approval_denied',
  'resubmission_requested',
]);

/** The day a debit is dated: its charge date. */
export function chargeDayOf({ chargeDate, createdAt }: Debit): string {
  return chargeDate ?? createdAt.slice(0, 10);
}

/**
 * Whether the books hold a debit as paid at the end of the day: charged until then and past the policy's point whenever
 * that came, unless it was lost by then. `steps`, oldest first, are needed when something of TURNING_ACTIONS happened
 * after the day; without them its status says all.
 */
export function standsAt(debit: Debit, steps: readonly DebitStep[] | undefined, asOf: AsOf): boolean {
  if (steps === undefined) return REACHED[asOf.point].has(debit.status) && chargeDayOf(debit) <= asOf.day;
  let stands = startsStanding(steps);
  const lastTry = steps.findLastIndex(({ action }) => action === 'resubmission_requested');
  steps.forEach((step, index) => {
    const means = meaningOf(step, asOf.point);
    if (means === null) return;
    const happenedOn = dateIn(asOf.timezone, new Date(step.at));
    // A payment is dated by its charge date; that of an earlier try is not kept by the provider.
    const dated = means === 'reached' && index > lastTry ? chargeDayOf(debit) : happenedOn;
    if (dated <= asOf.day) stands = means !== 'lost';
  });
  return stands;
}

/** The events of a debit are kept for 18 months (gocardless.md 2.12): of an older one its beginning is missing. */
function startsStanding(steps: readonly DebitStep[]): boolean {
  return !steps.some(({ action }) => action === 'created' || action === 'submitted');
}

function meaningOf({ action }: DebitStep, point: RecordPoint): 'reached' | 'restored' | 'lost' | null {
  if (REACHED[point].has(action)) return 'reached';
  if (action === 'chargeback_cancelled') return 'restored';
  return LOSING_ACTIONS.has(action) ? 'lost' : null;
}

const UNDECIDED: Readonly<Record<RecordPoint, ReadonlySet<string>>> = {
  confirmed: new Set(['pending_customer_approval', 'pending_submission', 'submitted']),
  paid_out: new Set(['pending_customer_approval', 'pending_submission', 'submitted', 'confirmed']),
};

/** Whether a debit charged by the day may still come to the policy's point. */
export function isUndecided(debit: Debit, { day, point }: Pick<AsOf, 'day' | 'point'>): boolean {
  return chargeDayOf(debit) <= day && UNDECIDED[point].has(debit.status);
}

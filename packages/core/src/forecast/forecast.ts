import { daysBetween } from '../dates/dates.ts';
import type { CollectionState } from '../collections/collection.ts';
import { compareBy } from '../reconciliation/compare.ts';
import { expectedArrival } from './expected-arrival.ts';

/** A debit as the forecast looks at it. */
export interface ForecastDebit {
  /** Null while it is only planned. */
  readonly paymentId: string | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly state: CollectionState;
  readonly willAttemptRetry: boolean;
  /** YYYY-MM-DD; of a planned one the date asked for, null = as soon as the mandate allows. */
  readonly chargeDate: string | null;
  /** Of its mandate; null when that is not known. */
  readonly scheme: string | null;
  readonly nextPossibleChargeDate: string | null;
  /** As first foreseen; null when it never had a charge date. */
  readonly expectedDate: string | null;
  /** Of the first payout that brought it; null while none did. */
  readonly actualDate: string | null;
}

/** Money that reached the bank: a payout, or a withdrawal. */
export interface ForecastArrival {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly currency: string;
  /** Signed. */
  readonly amountMinor: bigint;
}

/** One day of the forecast, as `mlc forecast` prints it (contract section 6). */
export interface ForecastDay {
  readonly date: string;
  readonly currency: string;
  readonly expectedMinor: bigint;
  readonly paidMinor: bigint;
}

/** The days asked for, both included, and the business's own today; all YYYY-MM-DD. */
export interface ForecastWindow {
  readonly from: string;
  readonly to: string;
  readonly today: string;
}

/** What was foreseen of one debit and what came of it. */
export interface Accuracy {
  readonly paymentId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly expectedDate: string;
  /** Null while it is overdue. */
  readonly actualDate: string | null;
  /** Negative when it came early; null while it is overdue. */
  readonly daysLate: number | null;
}

const ON_THE_WAY: ReadonlySet<CollectionState> = new Set([
  'planned',
  'requested',
  'pending_submission',
  'submitted',
  'confirmed',
]);

/** Adds up day by day; the order of what it is given does not matter. */
export class Forecast {
  readonly #days = new Map<string, { date: string; currency: string; expected: bigint; paid: bigint }>();

  /** A debit counts on the day it is expected; see `expectedOn`. */
  expect(debit: ForecastDebit, window: ForecastWindow): void {
    const date = expectedOn(debit, window.today);
    if (date !== null && isWithin(date, window))
      this.#day(date, debit.currency).expected += debit.amountMinor;
  }

  arrive({ date, currency, amountMinor }: ForecastArrival, window: ForecastWindow): void {
    if (isWithin(date, window)) this.#day(date, currency).paid += amountMinor;
  }

  /** Days with something, by date and currency. */
  days(): ForecastDay[] {
    return [...this.#days.values()]
      .filter(({ expected, paid }) => expected !== 0n || paid !== 0n)
      .map(({ date, currency, expected, paid }) => ({
        date,
        currency,
        expectedMinor: expected,
        paidMinor: paid,
      }))
      .sort(
        compareBy(
          ({ date }) => date,
          ({ currency }) => currency,
        ),
      );
  }

  #day(date: string, currency: string) {
    const key = `${date} ${currency}`;
    const known = this.#days.get(key);
    if (known !== undefined) return known;
    const day = { date, currency, expected: 0n, paid: 0n };
    this.#days.set(key, day);
    return day;
  }
}

/**
 * The day a debit counts on: one that arrived, the day first foreseen, so that the past can be compared; one on its way,
 * the day it is expected as things stand; one that ended without arriving, none.
 */
export function expectedOn(debit: ForecastDebit, today: string): string | null {
  if (debit.actualDate !== null || debit.state === 'paid_out')
    return debit.expectedDate ?? foreseen(debit, today);
  return isOnTheWay(debit) ? foreseen(debit, today) : null;
}

function isOnTheWay({ state, willAttemptRetry }: ForecastDebit): boolean {
  return ON_THE_WAY.has(state) || (state === 'failed' && willAttemptRetry);
}

/** Without a charge date it is charged as soon as the mandate allows, in the past never. */
function foreseen(
  { chargeDate, nextPossibleChargeDate, scheme, currency }: ForecastDebit,
  today: string,
): string {
  return expectedArrival({ chargeDate: chargeDate ?? nextPossibleChargeDate ?? today, scheme, currency });
}

/** How well a debit was foreseen; null for one that is not due yet or never came. */
export function accuracyOf(debit: ForecastDebit, today: string): Accuracy | null {
  const { paymentId, currency, amountMinor, expectedDate, actualDate } = debit;
  if (paymentId === null || expectedDate === null) return null;
  const isOverdue = actualDate === null && expectedDate < today && isOnTheWay(debit);
  if (actualDate === null && !isOverdue) return null;
  const daysLate = actualDate === null ? null : daysBetween(expectedDate, actualDate);
  return { paymentId, currency, amountMinor, expectedDate, actualDate, daysLate };
}

/** How well the debits of one currency were foreseen. */
export interface AccuracySummary {
  readonly currency: string;
  readonly arrived: number;
  readonly onTime: number;
  readonly early: number;
  readonly late: number;
  /** The longest delay, in days. */
  readonly daysLateMax: number;
  readonly overdue: number;
}

/** By currency, in code-unit order. */
export function summariesOf(accuracies: Iterable<Accuracy>): AccuracySummary[] {
  const summaries = new Map<string, AccuracySummary>();
  for (const { currency, daysLate } of accuracies) {
    const none = { currency, arrived: 0, onTime: 0, early: 0, late: 0, daysLateMax: 0, overdue: 0 };
    const so = summaries.get(currency) ?? none;
    const late = daysLate ?? 0;
    summaries.set(currency, {
      currency,
      arrived: so.arrived + Number(daysLate !== null),
      onTime: so.onTime + Number(daysLate === 0),
      early: so.early + Number(late < 0),
      late: so.late + Number(late > 0),
      daysLateMax: Math.max(so.daysLateMax, late),
      overdue: so.overdue + Number(daysLate === null),
    });
  }
  return [...summaries.values()].sort(compareBy(({ currency }) => currency));
}

/** Whether a date lies between the two ends. */
export function isWithin(date: string, { from, to }: Pick<ForecastWindow, 'from' | 'to'>): boolean {
  return date >= from && date <= to;
}

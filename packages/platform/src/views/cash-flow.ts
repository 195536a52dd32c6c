import {
  type Accuracy,
  accuracyOf,
  type AccuracySummary,
  addDays,
  daysBetween,
  expectedOn,
  type ForecastWindow,
  isWithin,
  summariesOf,
} from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { forecastArrivals, forecastDebits } from './forecast.ts';

/** One day of money in one currency. */
export interface CashFlowDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly currency: string;
  readonly expectedMinor: number;
  readonly arrivedMinor: number;
  /** Debits that were, or are, expected on it. */
  readonly debits: number;
  /** Payouts and withdrawals that reached the bank. */
  readonly arrivals: number;
}

/** Money by day, and how well it was foreseen. */
export interface CashFlow {
  readonly days: readonly CashFlowDay[];
  readonly accuracy: readonly (AccuracySummary & { readonly withinTwoDays: number })[];
}

/** A debit counts on the day it is expected; days without anything are left out. By date and currency. */
export async function cashFlow(
  database: Database,
  {
    businessId,
    currency,
    window,
  }: { readonly businessId: string; readonly currency?: string | undefined; readonly window: ForecastWindow },
): Promise<CashFlow> {
  const days = new Map<string, Writable<CashFlowDay>>();
  const accuracies: Accuracy[] = [];
  const question = { businessId, from: window.from, to: window.to };
  const isAsked = (each: { currency: string }) => currency === undefined || each.currency === currency;
  for await (const debit of forecastDebits(database, question)) {
    if (!isAsked(debit)) continue;
    const date = expectedOn(debit, window.today);
    if (date !== null && isWithin(date, window)) {
      const day = dayOf(days, date, debit.currency);
      day.expectedMinor += Number(debit.amountMinor);
      day.debits += 1;
    }
    const accuracy = accuracyOf(debit, window.today);
    if (accuracy !== null && isWithin(accuracy.expectedDate, window)) accuracies.push(accuracy);
  }
  for await (const arrival of forecastArrivals(database, question)) {
    if (!isAsked(arrival)) continue;
    const day = dayOf(days, arrival.date, arrival.currency);
    day.arrivedMinor += Number(arrival.amountMinor);
    day.arrivals += 1;
  }
  return { days: [...days.values()].sort(byDay), accuracy: accuracyIn(accuracies) };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function dayOf(days: Map<string, Writable<CashFlowDay>>, date: string, currency: string) {
  const key = `${date} ${currency}`;
  const day = days.get(key) ?? { date, currency, expectedMinor: 0, arrivedMinor: 0, debits: 0, arrivals: 0 };
  days.set(key, day);
  return day;
}

function byDay(left: CashFlowDay, right: CashFlowDay): number {
  return `${left.date} ${left.currency}` < `${right.date} ${right.currency}` ? -1 : 1;
}

const CLOSE_DAYS = 2;

function accuracyIn(accuracies: readonly Accuracy[]): CashFlow['accuracy'] {
  return summariesOf(accuracies).map((summary) => ({
    ...summary,
    withinTwoDays: accuracies.filter(
      ({ currency, daysLate }) =>
        currency === summary.currency && daysLate !== null && Math.abs(daysLate) <= CLOSE_DAYS,
    ).length,
  }));
}

/** Days between, for the guard against windows nobody reads. */
export function daysOfWindow({ from, to }: Pick<ForecastWindow, 'from' | 'to'>): number {
  return daysBetween(from, addDays(to, 1));
}

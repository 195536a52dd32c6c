import {
  type Accuracy,
  accuracyOf,
  addDays,
  type Business,
  dateIn,
  Forecast,
  type ForecastWindow,
  isWithin,
  summariesOf,
} from '@mlc/core';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import type { Database } from '@mlc/platform/postgres/database';
import { forecastArrivals, forecastDebits } from '@mlc/platform/views/forecast';
import { systemClock } from '@mlc/platform/clock/system';
import { ACCURACY_COLUMNS, accuracyLine, csvLines, dayLine, forecastLines } from '../forecast-text.ts';
import { tableText } from '../print.ts';
import { type Call, UsageError, type Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly format?: 'json' | 'csv';
  readonly accuracy?: boolean;
}

/** Days shown when none are named, from the business's own today. */
const DAYS_BACK = 30;
const DAYS_AHEAD = 60;

/** `mlc forecast`: money expected and money that arrived, by day and currency; all businesses added up without --business. */
export const forecast: Verb<Options> = (call) =>
  withStores(call, async ({ database }) => {
    const { from, to } = call.options;
    if (from !== undefined && to !== undefined && from > to)
      throw new UsageError(`--from ${from} is after --to ${to}`);
    const businesses = await chosen(call, database);
    const sums = new Forecast();
    const accuracies: Accuracy[] = [];
    for (const business of businesses)
      accuracies.push(...(await lookAt({ database, business, window: windowOf(business, call) }, sums)));
    await (call.options.accuracy === true
      ? printAccuracies(call, accuracies)
      : printDays(call, sums, accuracies));
    return 0;
  });

async function chosen(call: Call, database: Database): Promise<readonly Business[]> {
  const { businessId } = await businessFilter(call, database);
  const all = await listBusinesses(database.prisma);
  return businessId === undefined ? all : all.filter(({ id }) => id === businessId);
}

function windowOf({ timezone }: Business, { options }: Call<Options>): ForecastWindow {
  const today = dateIn(timezone, systemClock.now());
  return {
    from: options.from ?? addDays(today, -DAYS_BACK),
    to: options.to ?? addDays(today, DAYS_AHEAD),
    today,
  };
}

interface Looking {
  readonly database: Database;
  readonly business: Business;
  readonly window: ForecastWindow;
}

/** Adds up one business; returns how well those of its debits were foreseen that were expected in the window. */
async function lookAt({ database, business, window }: Looking, sums: Forecast): Promise<Accuracy[]> {
  const question = { businessId: business.id, from: window.from, to: window.to };
  const accuracies: Accuracy[] = [];
  for await (const debit of forecastDebits(database, question)) {
    sums.expect(debit, window);
    const accuracy = accuracyOf(debit, window.today);
    if (accuracy !== null && isWithin(accuracy.expectedDate, window)) accuracies.push(accuracy);
  }
  for await (const arrival of forecastArrivals(database, question)) sums.arrive(arrival, window);
  return accuracies;
}

const DAY_COLUMNS = ['date', 'currency', 'expectedMinor', 'paidMinor'];
const ACCURACY_KEYS = ['paymentId', 'currency', 'amountMinor', 'expectedDate', 'actualDate', 'daysLate'];

async function printDays(
  call: Call<Options>,
  sums: Forecast,
  accuracies: readonly Accuracy[],
): Promise<void> {
  const days = sums.days();
  const format = formatOf(call);
  if (format === 'csv') await call.shell.out(csvLines(DAY_COLUMNS, days.map(dayLine)));
  else if (format === 'json') await printJson(call, days.map(dayLine));
  else await call.shell.out(`${(await forecastLines(days, summariesOf(accuracies))).join('\n')}\n`);
}

async function printAccuracies(call: Call<Options>, accuracies: readonly Accuracy[]): Promise<void> {
  const sorted = accuracies.toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  const format = formatOf(call);
  if (format === 'csv') await call.shell.out(csvLines(ACCURACY_KEYS, sorted.map(accuracyLine)));
  else if (format === 'json') await printJson(call, sorted.map(accuracyLine));
  else await call.shell.out(`${await tableText(sorted, ACCURACY_COLUMNS)}\n`);
}

function placeOf({ expectedDate, currency, paymentId }: Accuracy): string {
  return `${expectedDate} ${currency} ${paymentId}`;
}

function formatOf({ options }: Call<Options>): 'json' | 'csv' | 'table' {
  return options.format ?? (options.json === true ? 'json' : 'table');
}

async function printJson({ shell }: Call, rows: readonly object[]): Promise<void> {
  for (const row of rows) await shell.out(`${JSON.stringify(row)}\n`);
}

import { addDays, addMonths, rollForward } from './calendar.ts';
import { SCHEMES } from './schemes.ts';
import type { Scheme, Subscription, UpcomingPayment } from './wire.ts';

const UPCOMING_MAX = 10;

type Rhythm = Pick<Subscription, 'start_date' | 'interval' | 'interval_unit' | 'day_of_month'>;

/** The date a subscription's payment number `index` is meant for, before it rolls to a working day. */
export function nominalDate(
  { start_date, interval, interval_unit, day_of_month }: Rhythm,
  index: number,
): string {
  const day = day_of_month ?? Number(start_date.slice(8));
  // A day of the month that is over when the subscription starts means the next month's.
  const isOver = interval_unit === 'monthly' && addMonths(start_date, 0, day) < start_date;
  const steps = index * interval + (isOver ? 1 : 0);
  switch (interval_unit) {
    case 'weekly':
      return addDays(start_date, 7 * steps);
    case 'monthly':
      return addMonths(start_date, steps, day);
    case 'yearly':
      return addMonths(start_date, 12 * steps, day);
  }
}

/** The next charge dates, at most ten, rolled over weekends and holidays as in the recordings (gocardless.md 2.7). */
export function upcomingPayments(
  subscription: Subscription,
  scheme: Scheme,
  next: number,
  created: number,
): UpcomingPayment[] {
  const { amount, count, end_date } = subscription;
  const left = count === null ? UPCOMING_MAX : Math.min(count - created, UPCOMING_MAX);
  const upcoming: UpcomingPayment[] = [];
  for (let index = next; upcoming.length < left; index += 1) {
    const nominal = nominalDate(subscription, index);
    if (end_date !== null && nominal > end_date) break;
    upcoming.push({ charge_date: rollForward(nominal, SCHEMES[scheme].calendar), amount });
  }
  return upcoming;
}

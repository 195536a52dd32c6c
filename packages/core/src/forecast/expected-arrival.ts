import { addDays } from '../dates/dates.ts';

/**
 * Working days from the charge date to the payout's arrival, by scheme (gocardless.md 3, support's comparison table). What a
 * new mandate takes longer is in the charge date already.
 */
const WORKING_DAYS: Readonly<Record<string, number>> = {
  bacs: 2,
  sepa_core: 3,
  ach: 3,
  becs: 3,
  becs_nz: 4,
  pad: 3,
  autogiro: 2,
  betalingsservice: 2,
  faster_payments: 1,
  sepa_credit_transfer: 1,
  sepa_instant_credit_transfer: 1,
  pay_to: 1,
};
/** For a scheme that is new or not known. */
const WORKING_DAYS_USUAL = 3;

/** The scheme that collects a currency, when the mandate's own is not known. */
const SCHEMES: Readonly<Record<string, string>> = {
  GBP: 'bacs',
  EUR: 'sepa_core',
  USD: 'ach',
  AUD: 'becs',
  NZD: 'becs_nz',
  CAD: 'pad',
  SEK: 'autogiro',
  DKK: 'betalingsservice',
};

/** What is known of a debit to come. */
export interface ForeseenDebit {
  /** YYYY-MM-DD. GoCardless' own: it knows the holidays. */
  readonly chargeDate: string;
  /** Null when the mandate is not known. */
  readonly scheme: string | null;
  readonly currency: string;
}

/** The day (YYYY-MM-DD) a debit should reach the bank in a payout. Holidays after the charge date are not known here. */
export function expectedArrival({ chargeDate, scheme, currency }: ForeseenDebit): string {
  const known = scheme ?? SCHEMES[currency] ?? '';
  return addWorkingDays(chargeDate, WORKING_DAYS[known] ?? WORKING_DAYS_USUAL);
}

/** The same for each scheme there is, for whoever learns it later. */
export function arrivalsByScheme(chargeDate: string): Readonly<Record<string, string>> {
  const schemes = Object.entries(WORKING_DAYS);
  return Object.fromEntries(schemes.map(([scheme, days]) => [scheme, addWorkingDays(chargeDate, days)]));
}

const SATURDAY = 6;
const SUNDAY = 0;

/** So many days from Monday to Friday later. */
export function addWorkingDays(date: string, workingDays: number): string {
  let day = date;
  for (let left = workingDays; left > 0;) {
    day = addDays(day, 1);
    if (!isWeekend(day)) left -= 1;
  }
  return day;
}

function isWeekend(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday === SATURDAY || weekday === SUNDAY;
}

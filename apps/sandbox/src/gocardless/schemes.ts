import { addWorkingDays, inLondon, isWorkingDay } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import type { MandateStatus, Scheme } from './wire.ts';

/** Working days after creation (gocardless.md section 3, support's comparison table). */
interface Timing {
  readonly submit: number;
  readonly charge: number;
  readonly confirm: number;
  readonly payout: number;
}

export interface SchemeRules {
  readonly currency: string;
  readonly calendar: Calendar;
  readonly timing: Timing;
  /** Extra working days while the mandate has not been submitted on its own. */
  readonly newMandateDays: number;
  /** Submitted and activated with the first payment instead of on its own. */
  readonly activatesWithFirstPayment: boolean;
  /** Longest `reference`; 0: none may be given. */
  readonly referenceMax: number;
  /** Months without use after which a mandate expires; null: never. */
  readonly dormantMonths: number | null;
  /** Default bank country of the payer. */
  readonly country: string;
}

const ENGLAND = { calendar: 'england', newMandateDays: 0, activatesWithFirstPayment: false } as const;
const WITH_PAYMENT = { ...ENGLAND, activatesWithFirstPayment: true } as const;

/** Betalingsservice is month-based at the real one; ten working days stand for it. */
export const SCHEMES: Readonly<Record<Scheme, SchemeRules>> = {
  bacs: {
    ...ENGLAND,
    currency: 'GBP',
    country: 'GB',
    timing: days(1, 3, 4, 5),
    newMandateDays: 1,
    referenceMax: 10,
    dormantMonths: 13,
  },
  sepa_core: {
    ...WITH_PAYMENT,
    calendar: 'target',
    currency: 'EUR',
    country: 'FR',
    timing: days(1, 3, 4, 6),
    referenceMax: 140,
    dormantMonths: 36,
  },
  ach: {
    ...WITH_PAYMENT,
    currency: 'USD',
    country: 'US',
    timing: days(1, 2, 4, 5),
    referenceMax: 10,
    dormantMonths: 15,
  },
  becs: {
    ...WITH_PAYMENT,
    currency: 'AUD',
    country: 'AU',
    timing: days(0, 1, 3, 4),
    referenceMax: 30,
    dormantMonths: 15,
  },
  becs_nz: {
    ...WITH_PAYMENT,
    currency: 'NZD',
    country: 'NZ',
    timing: days(1, 2, 5, 6),
    referenceMax: 12,
    dormantMonths: null,
  },
  pad: {
    ...ENGLAND,
    currency: 'CAD',
    country: 'CA',
    timing: days(0, 3, 5, 6),
    referenceMax: 0,
    dormantMonths: null,
  },
  autogiro: {
    ...ENGLAND,
    currency: 'SEK',
    country: 'SE',
    timing: days(6, 8, 8, 10),
    referenceMax: 11,
    dormantMonths: null,
  },
  betalingsservice: {
    ...ENGLAND,
    currency: 'DKK',
    country: 'DK',
    timing: days(2, 10, 11, 13),
    referenceMax: 30,
    dormantMonths: 15,
  },
  faster_payments: {
    ...ENGLAND,
    currency: 'GBP',
    country: 'GB',
    timing: days(0, 0, 0, 1),
    referenceMax: 0,
    dormantMonths: null,
  },
  pay_to: {
    ...ENGLAND,
    currency: 'AUD',
    country: 'AU',
    timing: days(0, 0, 0, 1),
    referenceMax: 18,
    dormantMonths: null,
  },
};

/** Default limits per payment, minor units (support article 115000309245); USD is not stated there. */
export const PAYMENT_LIMITS: Readonly<Record<string, { min: number; max: number }>> = {
  GBP: { min: 100, max: 500_000 },
  EUR: { min: 100, max: 500_000 },
  SEK: { min: 1000, max: 5_000_000 },
  DKK: { min: 1000, max: 5_000_000 },
  AUD: { min: 200, max: 1_000_000 },
  NZD: { min: 200, max: 1_000_000 },
  CAD: { min: 200, max: 500_000 },
  USD: { min: 100, max: 500_000 },
};

const CUT_OFF_HOUR = 16;

function days(submit: number, charge: number, confirm: number, payout: number): Timing {
  return { submit, charge, confirm, payout };
}

export function isScheme(value: unknown): value is Scheme {
  return typeof value === 'string' && Object.hasOwn(SCHEMES, value);
}

/** The scheme a bank account of this currency is debited with when none is named. */
export function schemeFor(currency: string): Scheme | undefined {
  return (Object.keys(SCHEMES) as Scheme[]).find((scheme) => SCHEMES[scheme].currency === currency);
}

/** The day today's work starts from: today before the cut-off of 16:00 in London, else the next working day. */
export function startingDay(scheme: Scheme, now: Date): string {
  const { calendar } = SCHEMES[scheme];
  const { date, hour } = inLondon(now);
  const isOpen = isWorkingDay(date, calendar) && hour < CUT_OFF_HOUR;
  return isOpen ? date : addWorkingDays(date, 1, calendar);
}

const USABLE: readonly MandateStatus[] = [
  'pending_customer_approval',
  'pending_submission',
  'submitted',
  'active',
];

export function isUsable(status: MandateStatus): boolean {
  return USABLE.includes(status);
}

/** `next_possible_charge_date` now, null when the mandate cannot be charged (rule and recordings: section 3). */
export function nextPossibleChargeDate(scheme: Scheme, status: MandateStatus, now: Date): string | null {
  if (!isUsable(status)) return null;
  const { calendar, timing, newMandateDays } = SCHEMES[scheme];
  const isNew = status === 'pending_submission' || status === 'pending_customer_approval';
  return addWorkingDays(startingDay(scheme, now), timing.charge + (isNew ? newMandateDays : 0), calendar);
}

/** When a debit charged on `chargeDate` is submitted, confirmed and paid out. */
export function stepDates(
  scheme: Scheme,
  chargeDate: string,
): { submitOn: string; confirmOn: string; payoutOn: string } {
  const { calendar, timing } = SCHEMES[scheme];
  const from = (workingDays: number): string =>
    addWorkingDays(chargeDate, workingDays - timing.charge, calendar);
  return { submitOn: from(timing.submit), confirmOn: from(timing.confirm), payoutOn: from(timing.payout) };
}

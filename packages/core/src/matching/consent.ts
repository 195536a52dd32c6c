import { addDays } from '../dates/dates.ts';
import { formatMoney, type Money } from '../money/money.ts';
import type { Consent, Debit, Mandate } from '../ports/debits.ts';

const ONE_PAYMENT = 'for one payment only';
/** What such payments need of the payer each time nobody here can see. */
const EACH_TIME = 'only for payments that the payer asks for each time';

/** Consent types that give no leave to collect invoices by ourselves (gocardless.md, appendix B; ACH and PAD consent types). */
const NARROW: ReadonlyMap<string, string> = new Map([
  ['one_off', ONE_PAYMENT],
  ['single', ONE_PAYMENT],
  ['standing', EACH_TIME],
  ['sporadic', EACH_TIME],
]);

/** Why the payer's consent allows no debit of ours on this mandate at all; a clause, null when it does. */
export function withoutConsent(mandate: Mandate): string | null {
  const { consent, consentType, authorisationSource, nextPossibleChargeDate } = mandate;
  const narrow = NARROW.get(consentType ?? '');
  if (narrow !== undefined) return `${authorisedBy(authorisationSource ?? null)} ${narrow}`;
  const endDate = consent?.endDate ?? null;
  if (endDate === null || nextPossibleChargeDate === null || nextPossibleChargeDate <= endDate) return null;
  return `authorised until ${endDate} only`;
}

/** How consent was given bounds nothing by itself; a person who looks into it wants to know. */
function authorisedBy(source: string | null): string {
  return source === 'telephone' || source === 'paper'
    ? `authorised ${source === 'paper' ? 'on' : 'by'} ${source}`
    : 'authorised';
}

/** The first day a debit can be taken: what the mandate allows, not before the consent begins. YYYY-MM-DD or null: not known. */
export function firstChargeDate({ consent, nextPossibleChargeDate }: Mandate): string | null {
  const start = consent?.startDate ?? null;
  if (nextPossibleChargeDate === null || start === null) return nextPossibleChargeDate ?? start;
  return start > nextPossibleChargeDate ? start : nextPossibleChargeDate;
}

/** What of a debit counts against a consent. */
export type CountedDebit = Pick<Debit, 'mandateId' | 'amount' | 'status' | 'chargeDate' | 'createdAt'>;

/** A debit to be made on a mandate. */
export interface Intended {
  readonly amount: Money;
  /** YYYY-MM-DD, when it would be taken. */
  readonly chargeDate: string;
  /** Debits there are on the client's mandates; of other mandates too. */
  readonly debits: readonly CountedDebit[];
}

/** What of the consent a debit would exceed; a clause about the mandate, null when it stays within. */
export function consentExceeded(mandate: Mandate, intended: Intended): string | null {
  const { amount, chargeDate } = intended;
  const maximum = mandate.maxAmountMinor;
  if (maximum !== null && amount.minor > maximum)
    return `allows ${formatMoney({ ...amount, minor: maximum })} per debit`;
  const { consent } = mandate;
  if (consent === null) return null;
  if (consent.endDate !== null && chargeDate > consent.endDate)
    return `is authorised until ${consent.endDate} only, and the debit would be taken on ${chargeDate}`;
  return periodExceeded(mandate, consent, intended);
}

function periodExceeded(
  mandate: Mandate,
  consent: Consent,
  { amount, chargeDate, debits }: Intended,
): string | null {
  const { maxPeriodMinor, maxPeriodPayments, period } = consent;
  const window = periodOf(mandate, chargeDate);
  if (window === null) return null;
  const inside = debits.filter((debit) => countsIn(debit, mandate.id, window));
  const used = inside.reduce((sum, debit) => sum + debit.amount.minor, 0n);
  const days = `between ${window.from} and ${window.to}`;
  const per = period === null || period === 'flexible' ? 'altogether' : `per ${period}`;
  if (maxPeriodMinor !== null && used + amount.minor > maxPeriodMinor) {
    const [limit, taken] = [maxPeriodMinor, used].map((minor) => formatMoney({ ...amount, minor }));
    return `allows ${limit ?? ''} ${per}, of which ${taken ?? ''} are taken by other debits ${days}`;
  }
  if (maxPeriodPayments !== null && inside.length + 1 > maxPeriodPayments)
    return `allows ${maxPeriodPayments} debits ${per}, and ${inside.length} are made ${days}`;
  return null;
}

/** What ended without money uses up nothing. */
const WITHOUT_MONEY: ReadonlySet<string> = new Set(['cancelled', 'failed', 'customer_approval_denied']);

function countsIn(debit: CountedDebit, mandateId: string, { from, to }: Period): boolean {
  const day = debit.chargeDate ?? debit.createdAt.slice(0, 10);
  return debit.mandateId === mandateId && !WITHOUT_MONEY.has(debit.status) && day >= from && day <= to;
}

/** Both days included, YYYY-MM-DD. */
interface Period {
  readonly from: string;
  readonly to: string;
}

/** The period of the consent in which this day lies; null when nothing is limited per period. */
export function periodOf({ consent, createdAt }: Mandate, day: string): Period | null {
  if (consent === null || (consent.maxPeriodMinor === null && consent.maxPeriodPayments === null))
    return null;
  const begin = consent.startDate ?? createdAt.slice(0, 10);
  const anchor = consent.isByCalendar ? CALENDAR_ANCHOR : begin;
  switch (consent.period) {
    case 'day':
      return { from: day, to: day };
    case 'week':
      return weekOf(anchor, day);
    case 'month':
      return monthsOf(anchor, day, 1);
    case 'year':
      return monthsOf(anchor, day, 12);
    case null:
    default:
      return { from: begin, to: consent.endDate ?? FAR };
  }
}

/** A Monday, the first of a month and of a year. */
const CALENDAR_ANCHOR = '2001-01-01';
const FAR = '9999-12-31';
const DAY_MS = 86_400_000;
const WEEK = 7;

function weekOf(anchor: string, day: string): Period {
  const since = Math.round((Date.parse(day) - Date.parse(anchor)) / DAY_MS);
  const from = addDays(day, -(((since % WEEK) + WEEK) % WEEK));
  return { from, to: addDays(from, WEEK - 1) };
}

/** Periods of so many months that begin on the anchor's day, or on the last day of a month that has no such day. */
function monthsOf(anchor: string, day: string, length: number): Period {
  const months = monthNumber(day) - monthNumber(anchor);
  const whole = Math.floor(months / length) * length;
  const from = [whole, whole - length]
    .map((number) => monthsAfter(anchor, number))
    .find((start) => start <= day);
  const start = from ?? day;
  const next = monthsAfter(anchor, monthNumber(start) - monthNumber(anchor) + length);
  return { from: start, to: addDays(next, -1) };
}

function monthNumber(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

function monthsAfter(anchor: string, months: number): string {
  const number = monthNumber(anchor) + months;
  const [year, month] = [Math.floor(number / 12), (number % 12) + 1];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const date = Math.min(Number(anchor.slice(8, 10)), last);
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

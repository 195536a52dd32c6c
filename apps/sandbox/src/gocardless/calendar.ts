/** Calendar dates as yyyy-mm-dd text; working days of England (Bacs and most schemes) and of TARGET (SEPA). */

export type Calendar = 'england' | 'target';

const DAY_MS = 86_400_000;

/** Days set once by proclamation; the sandbox computes every other year. */
const PROCLAIMED: Readonly<Record<number, { extra: readonly string[]; dropped: readonly string[] }>> = {
  2020: { extra: ['2020-05-08'], dropped: ['2020-05-04'] },
  2022: { extra: ['2022-06-02', '2022-06-03', '2022-09-19'], dropped: ['2022-05-30'] },
  2023: { extra: ['2023-05-08'], dropped: [] },
};

const holidays = new Map<string, ReadonlySet<string>>();

export function isWorkingDay(date: string, calendar: Calendar): boolean {
  if (isWeekend(date)) return false;
  const year = Number(date.slice(0, 4));
  const key = `${calendar}${year}`;
  let days = holidays.get(key);
  if (days === undefined) {
    days = new Set(calendar === 'england' ? englandBankHolidays(year) : targetHolidays(year));
    holidays.set(key, days);
  }
  return !days.has(date);
}

/** `date` itself when it is a working day, else the next one. */
export function rollForward(date: string, calendar: Calendar): string {
  let day = date;
  while (!isWorkingDay(day, calendar)) day = addDays(day, 1);
  return day;
}

/** The working day `count` working days after `date` (before it when negative); `date` itself for 0. */
export function addWorkingDays(date: string, count: number, calendar: Calendar): string {
  const step = Math.sign(count);
  let day = date;
  for (let left = Math.abs(count); left > 0;) {
    day = addDays(day, step);
    if (isWorkingDay(day, calendar)) left -= 1;
  }
  return day;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** `months` later, the day clipped to the month's length; `day` -1 is the last of the month. */
export function addMonths(date: string, months: number, day = Number(date.slice(8))): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(day === -1 ? length : Math.min(day, length));
  return first.toISOString().slice(0, 10);
}

/** True for an existing calendar day written yyyy-mm-dd. */
export function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
}

const london = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
});

/** The day and hour in London: GoCardless counts both there. */
export function inLondon(instant: Date): { date: string; hour: number } {
  const parts = new Map(london.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return { date: `${part('year')}-${part('month')}-${part('day')}`, hour: Number(part('hour')) };
}

export function englandBankHolidays(year: number): string[] {
  const easter = easterSunday(year);
  const computed = [
    substitute(`${year}-01-01`),
    addDays(easter, -2),
    addDays(easter, 1),
    mondayOnOrAfter(`${year}-05-01`),
    mondayOnOrAfter(`${year}-05-25`),
    mondayOnOrAfter(`${year}-08-25`),
    ...christmas(year),
  ];
  const { extra = [], dropped = [] } = PROCLAIMED[year] ?? {};
  return [...computed.filter((day) => !dropped.includes(day)), ...extra].sort();
}

export function targetHolidays(year: number): string[] {
  const easter = easterSunday(year);
  const movable = [addDays(easter, -2), addDays(easter, 1)];
  return [`${year}-01-01`, ...movable, `${year}-05-01`, `${year}-12-25`, `${year}-12-26`];
}

/** Christmas and Boxing Day; one that falls on a weekend is made up for on the next free weekday. */
function christmas(year: number): string[] {
  const days: string[] = [];
  for (const day of [`${year}-12-25`, `${year}-12-26`]) {
    let free = day;
    while (isWeekend(free) || days.includes(free)) free = addDays(free, 1);
    days.push(free);
  }
  // Boxing Day on a Monday keeps it; Christmas (Sunday) then moves to Tuesday. The two days are the same set.
  return days;
}

function substitute(date: string): string {
  let day = date;
  while (isWeekend(day)) day = addDays(day, 1);
  return day;
}

function mondayOnOrAfter(date: string): string {
  let day = date;
  while (weekday(day) !== 1) day = addDays(day, 1);
  return day;
}

function isWeekend(date: string): boolean {
  return weekday(date) % 6 === 0;
}

function weekday(date: string): number {
  return new Date(Date.parse(date)).getUTCDay();
}

/** Anonymous Gregorian computus. */
function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return addDays(`${year}-${String(Math.floor(f / 31)).padStart(2, '0')}-01`, f % 31);
}

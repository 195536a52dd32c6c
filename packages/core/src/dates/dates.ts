/** Calendar dates as YYYY-MM-DD text, which sorts and compares as it reads. */

const DAY_MS = 86_400_000;

/** The calendar date at this moment in an IANA time zone. */
export function dateIn(timezone: string, moment: Date): string {
  const parts = formatterOf(timezone).formatToParts(moment);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Making one costs some thirty times what using it does; there are as many as zones, a few hundred. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formatters.set(timezone, formatter);
  return formatter;
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The date `days` later (earlier for a negative number). */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const MINUTE_MS = 60_000;
/** Zones are at most 14 hours ahead of UTC and 12 behind. */
const AHEAD_MAX_MS = 15 * 60 * MINUTE_MS;
const BEHIND_MAX_MS = 13 * 60 * MINUTE_MS;

/** The moment at which a calendar date (YYYY-MM-DD) begins in an IANA time zone, to the minute. */
export function startOfDay(timezone: string, date: string): Date {
  const utcMs = Date.parse(`${date}T00:00:00Z`);
  let before = utcMs - AHEAD_MAX_MS;
  let within = utcMs + BEHIND_MAX_MS;
  while (within - before > MINUTE_MS) {
    const middle = before + Math.floor((within - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (dateIn(timezone, new Date(middle)) < date) before = middle;
    else within = middle;
  }
  return new Date(within);
}

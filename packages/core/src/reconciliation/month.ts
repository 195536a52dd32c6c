/** Calendar months as YYYY-MM text, which sorts and compares as it reads. */

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** True for `2026-10`; false for `2026-13`, `26-10`, `2026-10-01`. */
export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

/** The month of a date (YYYY-MM-DD). */
export function monthOf(date: string): string {
  return date.slice(0, 7);
}

/** The first day of a month. */
export function firstDayOf(month: string): string {
  return `${month}-01`;
}

/** The last day of a month. */
export function lastDayOf(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  // Day 0 of the next month; the constructor takes the month from 0.
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return `${month}-${String(days).padStart(2, '0')}`;
}

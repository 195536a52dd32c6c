/** The month after `month` (both YYYY-MM). */
function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/**
 * The first date on or after `date` (YYYY-MM-DD) outside the closed months (YYYY-MM): the date itself while its month
 * is open, else the first day of the next open month.
 */
export function firstOpenDate(date: string, closedMonths: Iterable<string>): string {
  const closed = new Set(closedMonths);
  let month = date.slice(0, 7);
  if (!closed.has(month)) return date;
  while (closed.has(month)) month = nextMonth(month);
  return `${month}-01`;
}

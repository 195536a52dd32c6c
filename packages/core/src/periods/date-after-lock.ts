/**
 * The next date to offer FreshBooks after it refused this one (YYYY-MM-DD) because its month is closed there: the first
 * day of the month after.
 */
export function dateAfterLock(refused: string): string {
  const [year = 0, month = 0] = refused.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

/** How many months FreshBooks is offered, one after the other, before a person is asked. */
export const LOCKED_MONTHS_MAX = 12;

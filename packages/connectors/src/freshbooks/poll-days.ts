import { addDays, dateIn, type PollWindow } from '@mlc/core';

/** The days to ask for, New York calendar, YYYY-MM-DD; null: no end. */
export interface PollDays {
  readonly first: string;
  readonly last: string | null;
}

const NEW_YORK = 'America/New_York';

/**
 * `updated_min` and `updated_max` know whole days only, and nobody says whether the ends belong to them: one day more on
 * either side (freshbooks.md 2.2, 2.4).
 */
export function daysOf({ from, until }: PollWindow): PollDays {
  return {
    first: addDays(dateIn(NEW_YORK, from), -1),
    last: until === null ? null : addDays(dateIn(NEW_YORK, until), 1),
  };
}

/** Whether a New York datetime lies in these days; one that is missing is not left out. */
export function isWithin(days: PollDays, updated: string): boolean {
  const day = updated.slice(0, 10);
  return day === '' || (day >= days.first && (days.last === null || day <= days.last));
}

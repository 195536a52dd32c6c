import type { Books } from './books.ts';
import { badField } from './failures.ts';

/** Throws 422 on the date field when this day lies in the period that was closed (switch `booksLockedUntil`). */
export function refuseLocked(books: Books, date: string, place: { object: string; field: string }): void {
  const { booksLockedUntil } = books.switches;
  if (booksLockedUntil === null || date > booksLockedUntil) return;
  const message = `The date is in a closed period: the books are locked until ${booksLockedUntil}.`;
  throw badField({ ...place, value: date, message });
}

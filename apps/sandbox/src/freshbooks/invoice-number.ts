import { isGiven, textOf } from './body.ts';
import type { Body } from './body.ts';
import type { Books } from './books.ts';
import { Refusal, badField } from './failures.ts';

/**
 * The number a new invoice gets: the one asked for, else the highest so far plus one, seven digits. Throws Refusal 409
 * when the race for it is lost (a switch: one process cannot lose it by itself), 422 when the number is taken.
 */
export function claimNumber(books: Books, body: Body): string {
  if (isGiven(body['invoice_number'])) return checkNumber(books, textOf(body['invoice_number'], ''), null);
  const last = [...books.invoices.values()].reduce(
    (highest, { number }) => Math.max(highest, tail(number)),
    0,
  );
  const number = String(last + 1).padStart(7, '0');
  if (books.switches.invoiceNumberCollisions <= 0) return number;
  books.switches.invoiceNumberCollisions -= 1;
  throw new Refusal(409, {
    errno: 1029,
    message: 'Invoice number already exists.',
    field: 'invoice_number',
    object: 'invoice',
    value: number,
  });
}

/** Refuses a number that another invoice, deleted ones left out, already has; answers it otherwise. */
export function checkNumber(books: Books, number: string, ownId: number | null): string {
  const taken = [...books.invoices.values()].some(
    (invoice) => invoice.number === number && invoice.visState !== 1 && invoice.id !== ownId,
  );
  if (!taken) return number;
  const field = 'invoice_number';
  throw badField({
    object: 'invoice',
    field,
    value: number,
    errno: 1029,
    message: 'Invoice number already exists.',
  });
}

function tail(number: string): number {
  return Number(/^\d+$/.exec(number)?.[0] ?? 0);
}

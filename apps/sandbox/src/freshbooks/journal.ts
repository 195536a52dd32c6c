import { randomUUID } from 'node:crypto';
import { decimalToCents, formatCents, readDecimal } from './amounts.ts';
import type { Cents } from './amounts.ts';
import { isBody, textOf } from './body.ts';
import type { Body } from './body.ts';
import type { Books } from './books.ts';
import { badField, missingField } from './failures.ts';
import { isDay } from './new-york.ts';
import { refuseLocked } from './period-lock.ts';
import type { Wire } from './resource.ts';
import type { JournalEntryRow, JournalSide } from './rows.ts';

const OBJECT = 'manualJournalEntry';

/** Books a manual journal entry. Nothing can change or delete it, and a number may be used twice (freshbooks.md 3.7). */
export function createJournalEntry(books: Books, body: Body): JournalEntryRow {
  const name = textOf(body['name'], '');
  if (name === '') throw missingField(OBJECT, 'name');
  const sides = sidesOf(books, body['details']);
  const date = dateOf(body['userEnteredDate']);
  refuseLocked(books, date, { object: OBJECT, field: 'userEnteredDate' });
  const entry: JournalEntryRow = {
    id: books.nextId('journal'),
    uuid: randomUUID(),
    name,
    number: textOf(body['journalEntryNumber'], ''),
    description: textOf(body['description'], ''),
    date,
    sides,
    createdMs: books.now(),
  };
  books.journal.push(entry);
  return entry;
}

/** Every side whole, at least two, one currency, debits equal to credits. */
function sidesOf(books: Books, value: unknown): JournalSide[] {
  const place = { object: OBJECT, field: 'details', value };
  if (!Array.isArray(value) || value.length < 2) {
    throw badField({ ...place, message: 'A journal entry needs at least two details.' });
  }
  const sides = value.map((side: unknown) => sideOf(books, isBody(side) ? side : {}));
  if (new Set(sides.map(({ code }) => code)).size !== 1) {
    throw badField({ ...place, message: 'All details must be in one currency.' });
  }
  const sum = sides.reduce((total, side) => total + signed(side), 0n);
  if (sum !== 0n) throw badField({ ...place, errno: 1040, message: 'Debits and credits must be equal.' });
  return sides;
}

function signed({ type, amount }: JournalSide): Cents {
  return type === 'TYPE_DEBIT' ? amount : -amount;
}

function sideOf(books: Books, side: Body): JournalSide {
  const accountId = textOf(side['accountId'], '');
  if (!books.chart.has(accountId)) {
    throw badField({
      object: OBJECT,
      field: 'accountId',
      value: accountId,
      message: 'Account does not exist.',
    });
  }
  const { type, amount } = side;
  if (type !== 'TYPE_DEBIT' && type !== 'TYPE_CREDIT') {
    throw badField({
      object: OBJECT,
      field: 'type',
      value: type,
      message: 'Must be TYPE_DEBIT or TYPE_CREDIT.',
    });
  }
  const decimal = isBody(amount) ? readDecimal(amount['amount']) : null;
  if (!isBody(amount) || decimal === null || decimal.unscaled <= 0n) {
    throw badField({
      object: OBJECT,
      field: 'amount',
      value: amount,
      message: 'Must be an amount above zero.',
    });
  }
  return {
    accountId,
    amount: decimalToCents(decimal),
    code: textOf(amount['code'], books.business.currency),
    type,
  };
}

/** `{"year":2024,"month":1,"day":31}`. */
function dateOf(value: unknown): string {
  const { year, month, day }: Record<string, unknown> = isBody(value) ? value : {};
  const pad = (part: unknown, length: number): string => textOf(part, '').padStart(length, '0');
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  if (isDay(date)) return date;
  throw badField({
    object: OBJECT,
    field: 'userEnteredDate',
    value,
    errno: 1033,
    message: 'Must be an existing date.',
  });
}

/** A journal entry as it goes on the wire. The real answer is not known; this mirrors the request and adds ids. */
export function journalEntryWire(entry: JournalEntryRow): Wire {
  const [year, month, day] = entry.date.split('-').map(Number);
  return {
    id: entry.uuid,
    name: entry.name,
    journalEntryNumber: entry.number,
    description: entry.description,
    userEnteredDate: { year, month, day },
    details: entry.sides.map(({ accountId, amount, code, type }) => ({
      accountId,
      amount: { amount: Number(formatCents(amount)), code },
      type,
    })),
    createdAt: new Date(entry.createdMs).toISOString(),
  };
}

import type { Books, DebitCustomer, Debits } from '@mlc/core';
import { patiently, patientlyEach, type Pause } from './patience.ts';
import { readOnly } from './read-only.ts';

const BOOK_READS = ['getInvoice', 'getClient', 'getPayment', 'listPayments', 'findClientsByEmail'] as const;
const DEBIT_READS = [
  'getDebit',
  'listCreditors',
  'listDebits',
  'listCustomerDebits',
  'willRetry',
  'stepsOf',
  'getMandate',
  'listMandates',
  'getCustomer',
  'listSubscriptions',
] as const;

/** FreshBooks for reading only; what was asked before is not asked again. */
export function dryBooks(books: Books, pause: Pause): Books {
  const reads = readOnly(books, 'books', ['accountId', ...BOOK_READS, 'listAllOpenInvoices']);
  return overlaid(reads, {
    ...rememberedReads(reads, BOOK_READS, pause),
    listAllOpenInvoices: () => patientlyEach(() => reads.listAllOpenInvoices(), pause),
  });
}

/** GoCardless for reading only; what was asked before is not asked again. */
export function dryDebits(debits: Debits, pause: Pause): Debits {
  const reads = readOnly(debits, 'debits', ['creditorId', ...DEBIT_READS, 'listCustomers']);
  return overlaid(reads, {
    ...rememberedReads(reads, DEBIT_READS, pause),
    listCustomers: rememberedList((createdAfter) =>
      patientlyEach(() => reads.listCustomers(createdAfter), pause),
    ),
  });
}

type Read = (...parameters: readonly unknown[]) => Promise<unknown>;

function rememberedReads<T extends object, Name extends keyof T & string>(
  reads: T,
  names: readonly Name[],
  pause: Pause,
): Pick<T, Name> {
  const remembered = names.map((name) => {
    const answers = new Map<string, Promise<unknown>>();
    const read: Read = (...parameters) => {
      const key = JSON.stringify(parameters);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = patiently(() => (reads[name] as Read)(...parameters), pause);
      answers.set(key, answer);
      return answer;
    };
    return [name, read] as const;
  });
  return Object.fromEntries(remembered) as unknown as Pick<T, Name>;
}

/** The whole list is only passed on, being long; what came since a moment is short and kept. */
function rememberedList(
  list: (createdAfter: string | null) => AsyncIterable<DebitCustomer>,
): Debits['listCustomers'] {
  const answers = new Map<string, readonly DebitCustomer[]>();
  return async function* (createdAfter) {
    if (createdAfter === null) {
      yield* list(null);
      return;
    }
    const rows = answers.get(createdAfter) ?? (await allOf(list(createdAfter)));
    answers.set(createdAfter, rows);
    yield* rows;
  };
}

async function allOf<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

function overlaid<T extends object>(below: T, above: Partial<T>): T {
  return new Proxy(below, {
    get: (object, name) => Reflect.get(name in above ? above : object, name) as unknown,
  });
}

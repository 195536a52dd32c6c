import {
  type BookJournalEntry,
  type Books,
  decimalFromMoney,
  type JournalLine,
  type LedgerAccount,
  type NewJournalEntry,
} from '@mlc/core';
import { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import type { FreshBooksClient } from './client.ts';
import { idOfNumber, idsOfNumber, journalAnswer, type JournalAnswer } from './journal-answer.ts';
import { resultOf } from './schema.ts';

/** The ledger of one business; the uuid is null when nobody told it. */
export interface Ledger {
  readonly client: FreshBooksClient;
  readonly businessUuid: string | null;
  /** YYYY-MM-DD. */
  readonly today: () => string;
}

/** The journal endpoint refuses calls without it (freshbooks.md 3.7). */
const VERSION = '2023-09-25';
const ROWS_PER_PAGE = 100;
/** Beyond it the list is taken for endless: a payout a day makes that many in a century. */
const MAX_PAGES = 500;

/** Journal entries and the accounts they stand on (freshbooks.md 3.7). A plan or scope may forbid them. */
export function journalCalls(
  ledger: Ledger,
): Pick<Books, 'listJournalEntries' | 'createJournalEntry' | 'listLedgerAccounts'> {
  return {
    listJournalEntries: (number) => list(ledger, number),
    createJournalEntry: (entry) => create(ledger, entry),
    listLedgerAccounts: () => listAccounts(ledger),
  };
}

function refuse(operation: string, message: string, field: string): never {
  const call = { provider: 'freshbooks', operation, write: false, request: 'not sent' };
  throw failureOf(call, 'rejected', message, { reason: 'bad_request', field });
}

/** Rejects when nobody told the uuid: it must not reach a path empty. */
function pathOf({ businessUuid }: Ledger, operation: string): string {
  if (businessUuid !== null && /^[0-9a-fA-F-]{8,40}$/.test(businessUuid))
    return `/accounting/businesses/${businessUuid}`;
  return refuse(
    operation,
    'journal entries need connections.freshbooks.businessUuid: add it to the business file and apply it',
    'businessUuid',
  );
}

/**
 * Reads page after page: there is no filter, and neither where the pages begin to count nor a total is known. So the first
 * is asked for without a number (1 then repeats it, or is the second), and the list ends with a page that is empty or
 * repeats the one before; a page that is not full may only mean that the server gives fewer at once.
 */
async function list(ledger: Ledger, number: string): Promise<readonly BookJournalEntry[]> {
  const path = `${pathOf(ledger, 'listJournalEntries')}/journal_entries`;
  const ids = new Set<string>();
  let before = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await pageOf(ledger.client, path, page);
    const found = idsOfNumber(answer, number);
    for (const id of found) ids.add(id);
    if (answer.rows === null && found.length === 0)
      return refuse('listJournalEntries', 'the answer has no list of entries', 'answer');
    const rows = JSON.stringify(answer.rows);
    if (isEmpty(answer) || (page > 1 && rows === before)) return [...ids].map((id) => ({ id, number }));
    before = rows;
  }
  return refuse('listJournalEntries', `the list did not end after ${MAX_PAGES} pages`, 'page_number');
}

/** An answer without a list, which may yet name an entry, has no page after it either. */
function isEmpty({ rows }: JournalAnswer): boolean {
  return rows === null || rows.length === 0;
}

/** Page 0 is the one without a number. */
function pageOf(client: FreshBooksClient, path: string, page: number): Promise<JournalAnswer> {
  const size = ['page_size', String(ROWS_PER_PAGE)] as const;
  return client.send({
    operation: 'listJournalEntries',
    method: 'GET',
    path,
    query: page === 0 ? [size] : [['page_number', String(page)], size],
    answer: journalAnswer,
    version: VERSION,
    optional: true,
  });
}

/** One POST, never repeated: FreshBooks has no idempotency key, keeps no number unique and can delete no entry. */
async function create(ledger: Ledger, entry: NewJournalEntry): Promise<BookJournalEntry> {
  const { number, name, description, date, lines } = entry;
  const [year, month, day] = date.split('-').map(Number);
  const answer = await ledger.client.send({
    operation: 'createJournalEntry',
    method: 'POST',
    path: `${pathOf(ledger, 'createJournalEntry')}/journal_entries`,
    body: {
      manualJournalEntry: {
        name,
        journalEntryNumber: number,
        description,
        userEnteredDate: { year, month, day },
        details: lines.map(detailOf),
      },
    },
    answer: journalAnswer,
    mayBeEmpty: true,
    version: VERSION,
    optional: true,
  });
  return { id: idOfNumber(answer.whole, number) ?? number, number };
}

/** The amount is a JSON number here, against FreshBooks' habit; the nearest double prints the same decimals. */
function detailOf({ accountUuid, side, amount }: JournalLine) {
  return {
    accountId: accountUuid,
    amount: { amount: Number(decimalFromMoney(amount)), code: amount.currency },
    type: side === 'debit' ? 'TYPE_DEBIT' : 'TYPE_CREDIT',
  };
}

const accountFields = {
  account_uuid: z.string(),
  account_name: z.string(),
  account_number: z.string().nullish(),
  account_type: z.string().nullish(),
  state: z.string().nullish(),
};
const subAccount = z.object(accountFields);
const account = z.object({ ...accountFields, sub_accounts: z.array(subAccount).nullish() });

/** The chart of accounts is a report: not paged, parents with their sub-accounts inside. */
async function listAccounts(ledger: Ledger): Promise<readonly LedgerAccount[]> {
  const today = ledger.today();
  const parents = await ledger.client.send({
    operation: 'listLedgerAccounts',
    method: 'GET',
    path: `${pathOf(ledger, 'listLedgerAccounts')}/reports/chart_of_accounts`,
    query: [
      ['start_date', today],
      ['end_date', today],
      ['state', 'active'],
    ],
    answer: resultOf('journal_entry_accounts', z.array(account)),
    optional: true,
  });
  return parents.flatMap(({ sub_accounts, ...parent }) =>
    [parent, ...(sub_accounts ?? [])].flatMap(toAccount),
  );
}

function toAccount(wire: z.infer<typeof subAccount>): LedgerAccount[] {
  const { account_uuid: uuid, account_name: name, account_number, account_type, state } = wire;
  if (state !== undefined && state !== null && state !== 'active') return [];
  return [{ uuid, name, number: account_number ?? '', type: account_type ?? '' }];
}

import { formatCents, toMoney } from './amounts.ts';
import type { Books } from './books.ts';
import { balanceOf, ledgerLines } from './ledger-lines.ts';
import type { LedgerLine } from './ledger-lines.ts';
import { newYorkStamp } from './new-york.ts';
import { pageOf } from './query.ts';
import type { Page } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Wire } from './resource.ts';
import type { LedgerAccountRow } from './rows.ts';

/** The chart in its old form: not paginated, `per_page` echoes the total (freshbooks.md 3.7). */
export function oldChart({ books }: Call): Page<Wire> {
  const lines = ledgerLines(books);
  const accounts = [...books.chart.values()];
  const rows = accounts
    .filter(({ parentUuid }) => parentUuid === null)
    .map((account) => ({
      ...accountWire(books, lines, account),
      sub_accounts: accounts
        .filter(({ parentUuid }) => parentUuid === account.uuid)
        .map((child) => subAccountWire(books, lines, child)),
    }));
  return { rows, page: 1, pages: 1, per_page: rows.length, total: rows.length };
}

function accountWire(books: Books, lines: readonly LedgerLine[], account: LedgerAccountRow): Wire {
  const { currency, accountId } = books.business;
  return {
    account_name: account.name,
    account_number: account.number,
    account_type: account.type,
    accountid: account.id,
    accounting_systemid: accountId,
    balance: formatCents(balanceOf(lines, account, currency)),
    created_at: newYorkStamp(account.createdMs),
    currency_code: currency,
    id: account.id,
  };
}

function subAccountWire(books: Books, lines: readonly LedgerLine[], account: LedgerAccountRow): Wire {
  const { currency, accountId } = books.business;
  return {
    account_sub_name: account.name,
    account_sub_number: account.number,
    account_type: account.type,
    accounting_systemid: accountId,
    balance: formatCents(balanceOf(lines, account, currency)),
    created_at: newYorkStamp(account.createdMs),
    currency_code: currency,
    custom: !account.autoCreated,
    id: account.id,
    parentid: books.chart.get(account.parentUuid ?? '')?.id ?? account.id,
    sub_accountid: account.id,
    transaction_posted: lines.some((line) => line.account === account),
  };
}

/** What FreshBooks booked, line by line; filters `sub_accountid`, `start_date`, `end_date`. */
export function oldJournalDetails({ books, query }: Call): Page<Wire> {
  const lines = ledgerLines(books);
  const only = (key: string): string | undefined => query.search.get(key)?.at(-1);
  const [account, start = '', end = '9999'] = [only('sub_accountid'), only('start_date'), only('end_date')];
  const kept = lines.filter(
    (line) =>
      (account === undefined || account === String(line.account.id)) &&
      line.date >= start &&
      line.date <= end,
  );
  const numbered = kept.map((line, index) => ({ line, id: 1_313_598 + index }));
  return wirePage(pageOf(numbered, query), ({ line, id }) => detailWire(books, lines, line, id));
}

function detailWire(books: Books, lines: readonly LedgerLine[], line: LedgerLine, id: number): Wire {
  const { account, cents, currency } = line;
  const parent = books.chart.get(account.parentUuid ?? '') ?? account;
  return {
    account: accountWire(books, lines, parent),
    accounting_systemid: books.business.accountId,
    balance: toMoney(balanceOf(lines, account, currency), currency),
    credit: cents < 0n ? toMoney(-cents, currency) : null,
    debit: cents >= 0n ? toMoney(cents, currency) : null,
    description: line.description,
    detail_type: line.kind,
    detailid: id,
    entry: { ...NO_ENTRY, ...line.source, accounting_systemid: books.business.accountId },
    id,
    name: line.description,
    sub_account: subAccountWire(books, lines, account),
    user_entered_date: line.date,
  };
}

const NO_ENTRY = {
  categoryid: null,
  clientid: null,
  creditid: null,
  entryid: null,
  expenseid: null,
  id: null,
  incomeid: null,
  invoiceid: null,
  paymentid: null,
};

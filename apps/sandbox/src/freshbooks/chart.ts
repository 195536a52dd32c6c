import { randomUUID } from 'node:crypto';
import { formatCents } from './amounts.ts';
import { textOf } from './body.ts';
import type { Body } from './body.ts';
import type { Books } from './books.ts';
import { badField, missingField, unknownObject } from './failures.ts';
import { balanceOf, ledgerLines } from './ledger-lines.ts';
import type { LedgerLine } from './ledger-lines.ts';
import type { Call, Wire } from './resource.ts';
import type { LedgerAccountRow } from './rows.ts';

/** The chart of accounts report: flat parameters `start_date`, `end_date`, `currency_code`, `account_type`. */
export function chartReport({ books, query }: Call): Wire {
  const { flat } = query;
  const currency = flat.get('currency_code') ?? books.business.currency;
  const [start, end] = [flat.get('start_date') ?? '', flat.get('end_date') ?? '9999'];
  const lines = ledgerLines(books).filter(({ date }) => date >= start && date <= end);
  const type = flat.get('account_type');
  const accounts = [...books.chart.values()].filter((account) => type === undefined || account.type === type);
  accounts.sort((a, b) => (a.number < b.number ? -1 : 1));
  const parents = accounts.filter(({ parentUuid }) => parentUuid === null);
  const journal_entry_accounts = parents.map((parent) => ({
    ...accountWire(lines, parent, currency),
    sub_accounts: accounts
      .filter(({ parentUuid }) => parentUuid === parent.uuid)
      .map((child) => ({ ...accountWire(lines, child, currency), parent_account_uuid: parent.uuid })),
  }));
  return { journal_entry_accounts };
}

/** The report's balances have three decimals. */
function accountWire(lines: readonly LedgerLine[], account: LedgerAccountRow, currency: string): Wire {
  return {
    account_name: account.name,
    account_number: account.number,
    account_type: account.type,
    account_sub_type: account.subType,
    balance: `${formatCents(balanceOf(lines, account, currency))}0`,
    currency_code: currency,
    account_uuid: account.uuid,
    system_account_name: account.systemName,
    auto_created: account.autoCreated,
    state: 'active',
  };
}

/** Finds an account of the chart. */
export function ledgerAccountById(books: Books, uuid: string): LedgerAccountRow {
  const account = books.chart.get(uuid);
  if (account === undefined) throw unknownObject('account', 'uuid', uuid);
  return account;
}

/** Adds a sub-account: a name, a sub-type and a parent are needed. */
export function createLedgerAccount(books: Books, body: Body): LedgerAccountRow {
  for (const field of ['name', 'sub_type', 'parent_account']) {
    if (textOf(body[field], '') === '') throw missingField('account', field);
  }
  const parent = books.chart.get(textOf(body['parent_account'], ''));
  if (parent === undefined) {
    const value = body['parent_account'];
    throw badField({
      object: 'account',
      field: 'parent_account',
      value,
      message: 'Parent account does not exist.',
    });
  }
  const account: LedgerAccountRow = {
    uuid: randomUUID(),
    id: books.nextId('ledgerAccount'),
    name: textOf(body['name'], ''),
    number: textOf(body['number'], `${parent.number}-${books.chart.size}`),
    type: parent.type,
    subType: textOf(body['sub_type'], parent.subType),
    systemName: null,
    parentUuid: parent.uuid,
    description: textOf(body['description'], ''),
    autoCreated: false,
    createdMs: books.now(),
  };
  books.chart.set(account.uuid, account);
  return account;
}

/** An account of the chart in the ledger's form. */
export function ledgerAccountWire(books: Books, account: LedgerAccountRow): Wire {
  const children = [...books.chart.values()].filter(({ parentUuid }) => parentUuid === account.uuid);
  return {
    uuid: account.uuid,
    name: account.name,
    number: account.number,
    description: account.description,
    type: account.type,
    sub_type: account.subType,
    system_account_name: account.systemName,
    parent_account: account.parentUuid,
    sub_accounts: children.map(({ uuid }) => uuid),
    auto_created: account.autoCreated,
    state: 'active',
    updated_at: new Date(account.createdMs).toISOString(),
  };
}

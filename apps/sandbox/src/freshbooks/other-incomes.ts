import { toMoney } from './amounts.ts';
import { dayOf, moneyOf, requireFields, textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow } from './books.ts';
import type { Books } from './books.ts';
import { Refusal, badField, unknownObject } from './failures.ts';
import { equal, select } from './filters.ts';
import type { Filters } from './filters.ts';
import { newYorkStamp } from './new-york.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { OtherIncomeRow } from './rows.ts';

const CATEGORY_NAMES = ['advertising', 'in_person_sales', 'online_sales', 'rentals', 'other'];

const FILTERS: Filters<OtherIncomeRow> = {
  incomeid: equal((row) => row.id),
  category_name: equal((row) => row.categoryName),
};

function incomeById(books: Books, id: number): OtherIncomeRow {
  const row = books.otherIncomes.get(id);
  if (row === undefined) throw unknownObject('other_income', 'incomeid', String(id));
  return row;
}

function fieldsOf(
  books: Books,
  body: Body,
): Omit<OtherIncomeRow, 'id' | 'createdMs' | 'updatedMs' | 'visState'> {
  const { cents, code } = moneyOf(body['amount'], { object: 'other_income', field: 'amount' });
  const categoryName = textOf(body['category_name'], 'other');
  if (!CATEGORY_NAMES.includes(categoryName)) {
    const message = `Category name must be one of: ${CATEGORY_NAMES.join(', ')}.`;
    throw badField({ object: 'other_income', field: 'category_name', value: categoryName, message });
  }
  return {
    amount: cents,
    currency: code ?? books.business.currency,
    categoryName,
    date: dayOf(body['date'], { object: 'other_income', field: 'date' }),
    source: textOf(body['source'], null),
    paymentType: textOf(body['payment_type'], null),
    note: textOf(body['note'], null),
    taxes: Array.isArray(body['taxes']) ? body['taxes'] : [],
  };
}

function createIncome(books: Books, body: Body): OtherIncomeRow {
  requireFields('other_income', body, ['amount', 'date']);
  const fields = fieldsOf(books, body);
  const row: OtherIncomeRow = { ...newRow(books, 'otherIncome'), ...fields };
  books.otherIncomes.set(row.id, row);
  return row;
}

/** Wants the full record again: without amount and date it fails with a message that says nothing. */
function updateIncome(books: Books, id: number, body: Body): OtherIncomeRow {
  const row = incomeById(books, id);
  if (body['amount'] === undefined || body['date'] === undefined) {
    throw new Refusal(422, { errno: 1003, message: 'There was an error accessing your account data.' });
  }
  return Object.assign(row, fieldsOf(books, body), { updatedMs: books.now() });
}

function incomeWire(_call: Call, row: OtherIncomeRow): Wire {
  return {
    amount: toMoney(row.amount, row.currency),
    category_name: row.categoryName,
    created_at: newYorkStamp(row.createdMs),
    date: row.date,
    incomeid: row.id,
    note: row.note,
    payment_type: row.paymentType,
    source: row.source,
    sourceid: null,
    taxes: row.taxes,
    updated_at: newYorkStamp(row.updatedMs),
    userid: 1,
    vis_state: row.visState,
  };
}

/** `other_incomes/other_incomes`; the list's key is the singular (freshbooks.md 3.6). */
export const OTHER_INCOMES: Resource = {
  path: 'other_incomes/other_incomes',
  scope: 'other_income',
  one: 'other_income',
  many: 'other_income',
  list: (call) => {
    const rows = select(call.books.otherIncomes.values(), call.query, { filters: FILTERS });
    return wirePage(pageOf(rows, call.query), (row) => incomeWire(call, row));
  },
  read: (call, id) => incomeWire(call, incomeById(call.books, id)),
  create: (call, body) => incomeWire(call, createIncome(call.books, body)),
  update: (call, id, body) => incomeWire(call, updateIncome(call.books, id, body)),
  remove: ({ books }, id) => void books.otherIncomes.delete(incomeById(books, id).id),
};

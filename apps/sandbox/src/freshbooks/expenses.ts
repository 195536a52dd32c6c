import { toMoney } from './amounts.ts';
import { dayOf, idOf, isGiven, moneyOf, pick, requireFields, textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow, raiseDeletion } from './books.ts';
import type { Books } from './books.ts';
import { deletedReference, unknownObject, unknownReference } from './failures.ts';
import { amounts, days, equal, oneOf, select, updatedDays } from './filters.ts';
import type { Filters, Orders } from './filters.ts';
import { newYorkStamp } from './new-york.ts';
import { refuseLocked } from './period-lock.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { ExpenseRow } from './rows.ts';
import { phaseOf, setVisState, visStateOf } from './vis-state.ts';

const DATE = { object: 'expense', field: 'date' };

const PLAIN: Wire = {
  account_name: '',
  background_jobid: null,
  bank_name: '',
  billable: false,
  clientid: 0,
  compounded_tax: false,
  converse_projectid: null,
  ext_accountid: 0,
  ext_invoiceid: 0,
  ext_systemid: 0,
  has_receipt: false,
  include_receipt: false,
  invoiceid: null,
  is_cogs: false,
  isduplicate: false,
  markup_percent: '0',
  modern_projectid: null,
  notes: '',
  potential_bill_payment: false,
  profileid: null,
  projectid: 0,
  taxAmount1: null,
  taxAmount2: null,
  taxName1: null,
  taxName2: null,
  taxPercent1: null,
  taxPercent2: null,
  transactionid: null,
};

/** The keys that work; there is no filter on the status. */
const FILTERS: Filters<ExpenseRow> = {
  expenseid: equal((row) => row.id),
  expenseids: oneOf((row) => row.id),
  clientid: equal((row) => Number(row.plain['clientid'])),
  clientids: oneOf((row) => Number(row.plain['clientid'])),
  staffid: equal((row) => row.staffId),
  categoryid: equal((row) => row.categoryId),
  categoryids: oneOf((row) => row.categoryId),
  projectid: equal((row) => Number(row.plain['projectid'])),
  vendor: equal((row) => row.vendor),
  ...days('date', (row) => row.date),
  ...amounts((row) => row.amount),
  ...updatedDays((row) => row.updatedMs),
};

const ORDERS: Orders<ExpenseRow> = { date: (row) => row.date };

function expenseById(books: Books, id: number): ExpenseRow {
  const row = books.expenses.get(id);
  if (row === undefined) throw unknownObject('expense', 'expenseid', String(id));
  return row;
}

/** Creates an expense: amount, category, staff and date are needed. */
function createExpense(books: Books, body: Body): ExpenseRow {
  requireFields('expense', body, ['amount', 'categoryid', 'staffid', 'date']);
  const { cents, code } = moneyOf(body['amount'], { object: 'expense', field: 'amount' });
  const date = dayOf(body['date'], DATE);
  refuseLocked(books, date, DATE);
  const row: ExpenseRow = {
    ...newRow(books, 'expense'),
    amount: cents,
    currency: code ?? books.business.currency,
    categoryId: referenceOf(books.categories, 'categoryid', body),
    staffId: referenceOf(books.staff, 'staffid', body),
    date,
    vendor: textOf(body['vendor'], ''),
    plain: { ...PLAIN, ...pick(body, Object.keys(PLAIN)) },
  };
  books.expenses.set(row.id, row);
  books.raise('expense.create', row.id);
  return row;
}

function updateExpense(books: Books, id: number, body: Body): ExpenseRow {
  const row = expenseById(books, id);
  const phase = phaseOf(body);
  refuseLocked(books, row.date, DATE);
  if (phase === 'vis_state' && setVisState(row, visStateOf('expense', body['vis_state']), books.now())) {
    raiseDeletion(books, 'expense', id);
    return row;
  }
  if (phase === 'fields') editFields(books, row, body);
  row.updatedMs = books.now();
  books.raise('expense.update', id);
  return row;
}

function editFields(books: Books, row: ExpenseRow, body: Body): void {
  if (row.visState === 1) throw deletedReference('expense', 'expenseid', row.id);
  const edited = { ...row, plain: { ...row.plain, ...pick(body, Object.keys(PLAIN)) } };
  if (isGiven(body['amount'])) {
    const { cents, code } = moneyOf(body['amount'], { object: 'expense', field: 'amount' });
    Object.assign(edited, { amount: cents, currency: code ?? row.currency });
  }
  if (isGiven(body['categoryid'])) edited.categoryId = referenceOf(books.categories, 'categoryid', body);
  if (isGiven(body['staffid'])) edited.staffId = referenceOf(books.staff, 'staffid', body);
  if (isGiven(body['date'])) edited.date = dayOf(body['date'], DATE);
  refuseLocked(books, edited.date, DATE);
  edited.vendor = textOf(body['vendor'], row.vendor);
  Object.assign(row, edited);
}

function referenceOf(
  rows: ReadonlyMap<number, unknown>,
  field: 'categoryid' | 'staffid',
  body: Body,
): number {
  const id = idOf(body[field], { object: 'expense', field });
  if (!rows.has(id)) throw unknownReference(field === 'staffid' ? 'staff' : 'category', field, body[field]);
  return id;
}

function expenseWire({ books }: Call, row: ExpenseRow): Wire {
  return {
    ...row.plain,
    accountid: 0,
    accounting_systemid: books.business.accountId,
    amount: toMoney(row.amount, row.currency),
    attachment: null,
    bill_matches: [],
    categoryid: row.categoryId,
    date: row.date,
    expenseid: row.id,
    from_bulk_import: false,
    id: row.id,
    staffid: row.staffId,
    // 0 internal, 1 outstanding: to be charged on to a client.
    status: Number(row.plain['clientid']) > 0 ? 1 : 0,
    updated: newYorkStamp(row.updatedMs),
    vendor: row.vendor,
    vis_state: row.visState,
  };
}

/** `expenses/expenses`. */
export const EXPENSES: Resource = {
  path: 'expenses/expenses',
  scope: 'expenses',
  one: 'expense',
  many: 'expenses',
  list: (call) => {
    const rows = select(call.books.expenses.values(), call.query, { filters: FILTERS, orders: ORDERS });
    return wirePage(pageOf(rows, call.query), (row) => expenseWire(call, row));
  },
  read: (call, id) => expenseWire(call, expenseById(call.books, id)),
  create: (call, body) => expenseWire(call, createExpense(call.books, body)),
  update: (call, id, body) => expenseWire(call, updateExpense(call.books, id, body)),
};

import { type BookExpense, type Books, decimalFromMoney, type NewBookExpense } from '@mlc/core';
import type { Resource } from './account.ts';
import { allRows } from './paging.ts';
import { resultOf, type WireExpense, wireExpense } from './schema.ts';

const row = wireExpense.transform(toExpense);

function toExpense({ vis_state, ...wire }: WireExpense): BookExpense {
  return { ...wire, deleted: vis_state === 'deleted' };
}

/** The expenses of an account (freshbooks.md 3.5). */
export function expenseCalls({ client, path }: Resource): Pick<Books, 'listExpenses' | 'createExpense'> {
  return {
    listExpenses: (vendor, date) =>
      allRows(client, {
        operation: 'listExpenses',
        path,
        name: 'expenses',
        search: { vendor, date_min: date, date_max: date },
        row,
        idOf: (expense) => expense.id,
        keep: (expense) => expense.vendor === vendor && expense.date === date && !expense.deleted,
      }),
    createExpense: (expense) => create({ client, path }, expense),
  };
}

/** One POST, never repeated: FreshBooks has no idempotency key; the notes carry ours. */
function create({ client, path }: Resource, expense: NewBookExpense): Promise<BookExpense> {
  const { amount, categoryId, staffId, date, vendor, notes } = expense;
  return client.send({
    operation: 'createExpense',
    method: 'POST',
    path,
    body: {
      expense: {
        amount: { amount: decimalFromMoney(amount, 2), code: amount.currency },
        categoryid: categoryId,
        staffid: staffId,
        date,
        vendor,
        notes,
      },
    },
    answer: resultOf('expense', row),
  });
}

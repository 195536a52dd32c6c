import {
  type BookExpense,
  type Books,
  ConnectorError,
  decimalFromMoney,
  type NewBookExpense,
} from '@mlc/core';
import { z } from 'zod';
import { findOne, requireObjectId, type Resource } from './account.ts';
import { allRows } from './paging.ts';
import { resultOf, type WireExpense, wireExpense } from './schema.ts';

const row = wireExpense.transform(toExpense);
const one = resultOf('expense', row);
const deleted = resultOf('expense', z.object({ vis_state: z.literal(1) }));

function toExpense({ vis_state, ...wire }: WireExpense): BookExpense {
  return { ...wire, deleted: vis_state === 'deleted' };
}

/** The expenses of an account (freshbooks.md 3.5). A plan or scope may forbid them. */
export function expenseCalls(
  expenses: Resource,
): Pick<Books, 'listExpenses' | 'createExpense' | 'deleteExpense'> {
  return {
    listExpenses: (vendor, date) =>
      allRows(expenses.client, {
        operation: 'listExpenses',
        path: expenses.path,
        name: 'expenses',
        search: { vendor, date_min: date, date_max: date },
        row,
        idOf: (expense) => expense.id,
        keep: (expense) => expense.vendor === vendor && expense.date === date && !expense.deleted,
        optional: true,
      }),
    createExpense: (expense) => create(expenses, expense),
    deleteExpense: (id) => remove(expenses, id),
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
    answer: one,
    optional: true,
  });
}

/** `vis_state` 1, alone (freshbooks.md 2.3); what is deleted already is fine. */
async function remove(expenses: Resource, id: string): Promise<void> {
  requireObjectId('deleteExpense', 'bookExpenseId', id);
  try {
    await expenses.client.find({
      operation: 'deleteExpense',
      method: 'PUT',
      path: `${expenses.path}/${id}`,
      body: { expense: { vis_state: 1 } },
      answer: deleted,
      optional: true,
    });
  } catch (failure) {
    if (!(failure instanceof ConnectorError) || failure.kind !== 'rejected') throw failure;
    const now = await findOne(expenses, 'getExpense', id, one);
    if (now !== null && !now.deleted) throw failure;
  }
}

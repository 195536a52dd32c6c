import type { Books, ExpenseCategory, StaffMember } from '@mlc/core';
import type { z } from 'zod';
import type { Resource } from './account.ts';
import { allRows } from './paging.ts';
import { wireCategory, wireStaff } from './schema.ts';

/** Staff 1 owns the account (freshbooks.md 0). */
const OWNER_ID = 1;

/** What expenses are booked under; both lists are short. */
export function expenseAccountReads(
  categories: Resource,
  staffs: Resource,
): Pick<Books, 'listExpenseCategories' | 'listStaff'> {
  return {
    listExpenseCategories: () => listCategories(categories),
    listStaff: () => listStaff(staffs),
  };
}

async function listCategories({ client, path }: Resource): Promise<readonly ExpenseCategory[]> {
  const rows = await allRows(client, {
    operation: 'listExpenseCategories',
    path,
    name: 'categories',
    search: {},
    row: wireCategory,
    idOf: ({ id }) => String(id),
    keep: (category) => !category.deleted,
    optional: true,
  });
  return rows.map(({ id, name }) => ({ id, name }));
}

/** Sources differ on the list's key: `staff` or `staffs` (freshbooks.md 2.5). */
async function listStaff({ client, path }: Resource): Promise<readonly StaffMember[]> {
  const rows = await allRows(client, {
    operation: 'listStaff',
    path,
    name: ['staff', 'staffs'],
    search: {},
    row: wireStaff,
    idOf: ({ id }) => id,
    keep: ({ vis_state }) => vis_state !== 'deleted',
    optional: true,
  });
  return rows.map(toStaff);
}

function toStaff({ id, fname, lname, email }: z.infer<typeof wireStaff>): StaffMember {
  const name = [fname, lname].filter((part) => part !== null).join(' ');
  return {
    id: Number(id),
    name: name === '' ? (email ?? `staff ${id}`) : name,
    isOwner: Number(id) === OWNER_ID,
  };
}

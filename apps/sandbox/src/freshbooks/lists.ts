import { unknownObject } from './failures.ts';
import { equal, like, select } from './filters.ts';
import type { Filters } from './filters.ts';
import { newYorkStamp } from './new-york.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Resource, Wire } from './resource.ts';
import type { CategoryRow, StaffRow } from './rows.ts';

const CATEGORY_FILTERS: Filters<CategoryRow> = {
  categoryid: equal((row) => row.id),
  category_like: like((row) => row.name),
};

function categoryWire(row: CategoryRow): Wire {
  return {
    category: row.name,
    categoryid: row.id,
    created_at: newYorkStamp(row.createdMs),
    id: row.id,
    is_cogs: row.isCogs,
    is_editable: false,
    parentid: row.parentId,
    transaction_posted: false,
    updated_at: newYorkStamp(row.updatedMs),
    vis_state: row.visState,
  };
}

/** `expenses/categories`: read only; the ids differ from account to account. */
export const CATEGORIES: Resource = {
  path: 'expenses/categories',
  scope: 'expenses',
  one: 'category',
  many: 'categories',
  list: ({ books, query }) => {
    const rows = select(books.categories.values(), query, { filters: CATEGORY_FILTERS });
    return wirePage(pageOf(rows, query), categoryWire);
  },
  read: ({ books }, id) => {
    const row = books.categories.get(id);
    if (row === undefined) throw unknownObject('category', 'categoryid', String(id));
    return categoryWire(row);
  },
};

/** `api_token` is there because real answers carry such a secret: it must not reach a log (freshbooks.md 7.16). */
function staffWire(row: StaffRow, accountId: string): Wire {
  return {
    accounting_systemid: accountId,
    api_token: 'sandbox-staff-secret',
    display_name: `${row.firstName} ${row.lastName}`,
    email: row.email,
    fname: row.firstName,
    id: row.id,
    lname: row.lastName,
    organization: '',
    updated: newYorkStamp(row.updatedMs),
    userid: row.id,
    username: `staff${row.id}`,
    vis_state: row.visState,
  };
}

/** `users/staffs`: read only; no scope of its own is known. */
export const STAFF: Resource = {
  path: 'users/staffs',
  scope: null,
  one: 'staff',
  many: 'staff',
  list: ({ books, query }) => {
    const rows = select(books.staff.values(), query, { filters: {} });
    return wirePage(pageOf(rows, query), (row) => staffWire(row, books.business.accountId));
  },
  read: ({ books }, id) => {
    const row = books.staff.get(id);
    if (row === undefined) throw unknownObject('staff', 'userid', String(id));
    return staffWire(row, books.business.accountId);
  },
};

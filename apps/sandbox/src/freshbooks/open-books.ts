import type { Books, BusinessFacts, IdKind } from './books.ts';
import { seedChart } from './chart-seed.ts';
import type { Switches } from './switches.ts';

const FIRST_IDS = {
  client: 31_006,
  invoice: 45_232,
  payment: 10_318,
  creditNote: 7_001,
  expense: 5_301,
  otherIncome: 9_101,
  journal: 629_310,
  ledgerAccount: 635_974,
  callback: 2_001,
} as const satisfies Record<IdKind, number>;

/** What books get from the sandbox around them. */
export interface BooksSurroundings {
  readonly switches: Switches;
  now(): number;
  raise(books: Books, event: string, objectId: number): void;
}

/** Empty books with a chart of accounts, expense categories and the owner as staff 1. */
export function createBooks(business: BusinessFacts, surroundings: BooksSurroundings): Books {
  const lastIds = new Map<IdKind, number>();
  const books: Books = {
    business,
    switches: surroundings.switches,
    clients: new Map(),
    invoices: new Map(),
    payments: new Map(),
    paymentsByInvoice: new Map(),
    creditNotes: new Map(),
    expenses: new Map(),
    categories: new Map(),
    staff: new Map(),
    otherIncomes: new Map(),
    chart: new Map(),
    journal: [],
    callbacks: new Map(),
    emails: [],
    now: () => surroundings.now(),
    nextId: (kind) => {
      const last = lastIds.get(kind);
      const id = last === undefined ? FIRST_IDS[kind] : last + (kind === 'payment' ? 2 : 1);
      lastIds.set(kind, id);
      return id;
    },
    raise: (event, objectId) => surroundings.raise(books, event, objectId),
  };
  seedCategories(books);
  seedStaff(books);
  seedChart(books);
  return books;
}

const CATEGORIES = ['Advertising', 'Bank Fees', 'Merchant Fees', 'Office Expenses', 'Travel', 'Airfare'];

function seedCategories(books: Books): void {
  const now = books.now();
  CATEGORIES.forEach((name, index) => {
    const id = 3_696_001 + index;
    const parentId = name === 'Airfare' ? id - 1 : null;
    books.categories.set(id, {
      id,
      name,
      parentId,
      isCogs: false,
      createdMs: now,
      updatedMs: now,
      visState: 0,
    });
  });
}

function seedStaff(books: Books): void {
  const now = books.now();
  const names = { firstName: 'Sandbox', lastName: 'Owner', email: 'owner@sandbox.example' };
  books.staff.set(1, { id: 1, ...names, createdMs: now, updatedMs: now, visState: 0 });
}

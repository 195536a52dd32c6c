import {
  type BookExpense,
  type BookJournalEntry,
  ConnectorError,
  type ExpenseCategory,
  type LedgerAccount,
  type NewBookExpense,
  type NewJournalEntry,
  PERIOD_LOCKED,
  type StaffMember,
} from '@mlc/core';
import { Faults } from './scripted.ts';

/** The part of the fake books that is about no client: expenses, journal entries, what they are booked on. */
export class FakeBookkeeping {
  readonly faults = new Faults();
  readonly expenses: BookExpense[] = [];
  readonly journal: (NewJournalEntry & BookJournalEntry)[] = [];
  categories: readonly ExpenseCategory[] = [
    { id: 41, name: 'Bank Fees' },
    { id: 42, name: 'Travel' },
  ];
  staff: readonly StaffMember[] = [{ id: 1, name: 'The Owner', isOwner: true }];
  accounts: readonly LedgerAccount[] = [];
  /** The last day (YYYY-MM-DD) of the period that was closed in the books themselves; null: none. */
  lockedUntil: string | null = null;

  listExpenses(vendor: string, date: string): Promise<readonly BookExpense[]> {
    return this.faults.around('listExpenses', () =>
      this.expenses.filter(
        (expense) => expense.vendor === vendor && expense.date === date && !expense.deleted,
      ),
    );
  }

  createExpense({ amount, date, vendor, notes }: NewBookExpense): Promise<BookExpense> {
    return this.faults.around('createExpense', () => {
      this.refuseLocked('createExpense', date);
      const expense = {
        id: String(5000 + this.expenses.length),
        amount,
        date,
        vendor,
        notes,
        deleted: false,
      };
      this.expenses.push(expense);
      return expense;
    });
  }

  deleteExpense(bookExpenseId: string): Promise<void> {
    return this.faults.around('deleteExpense', () => {
      const index = this.expenses.findIndex(({ id }) => id === bookExpenseId);
      const expense = this.expenses[index];
      if (expense === undefined || expense.deleted) return;
      this.refuseLocked('deleteExpense', expense.date);
      this.expenses[index] = { ...expense, deleted: true };
    });
  }

  listExpenseCategories(): Promise<readonly ExpenseCategory[]> {
    return this.faults.around('listExpenseCategories', () => this.categories);
  }

  listStaff(): Promise<readonly StaffMember[]> {
    return this.faults.around('listStaff', () => this.staff);
  }

  listLedgerAccounts(): Promise<readonly LedgerAccount[]> {
    return this.faults.around('listLedgerAccounts', () => this.accounts);
  }

  listJournalEntries(number: string): Promise<readonly BookJournalEntry[]> {
    return this.faults.around('listJournalEntries', () =>
      this.journal.filter((entry) => entry.number === number),
    );
  }

  createJournalEntry(entry: NewJournalEntry): Promise<BookJournalEntry> {
    return this.faults.around('createJournalEntry', () => {
      this.refuseLocked('createJournalEntry', entry.date);
      const booked = { ...entry, id: `journal-${this.journal.length + 1}` };
      this.journal.push(booked);
      return booked;
    });
  }

  /** Refuses what is dated in the closed period. */
  protected refuseLocked(operation: string, date: string): void {
    if (this.lockedUntil === null || date > this.lockedUntil) return;
    throw new ConnectorError({
      kind: 'rejected',
      provider: 'freshbooks',
      operation,
      status: 422,
      message: `HTTP 422: the period is closed until ${this.lockedUntil} (field date)`,
      reason: PERIOD_LOCKED,
      field: 'date',
    });
  }
}

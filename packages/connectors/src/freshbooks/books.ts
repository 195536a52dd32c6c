import type { Books } from '@mlc/core';
import { resource } from './account.ts';
import { clientReads } from './clients.ts';
import { freshbooksClient, machineClock, type FreshBooksOptions } from './client.ts';
import { expenseAccountReads } from './expense-accounts.ts';
import { expenseCalls } from './expenses.ts';
import { invoiceReads } from './invoices.ts';
import { journalCalls } from './journal.ts';
import { paymentCalls } from './payments.ts';

/**
 * The books of one FreshBooks account (core port `Books`). Every answer is checked against its schema and every filter
 * again on the rows that come back, because FreshBooks ignores filters it does not know (freshbooks.md 2.2).
 */
export function freshbooksBooks(options: FreshBooksOptions): Books {
  const client = freshbooksClient(options);
  const { accountId, businessUuid = null, clock = machineClock } = options;
  const today = () => clock.now().toISOString().slice(0, 10);
  return {
    accountId,
    ...invoiceReads(resource(client, accountId, 'invoices')),
    ...clientReads(resource(client, accountId, 'clients')),
    ...paymentCalls(resource(client, accountId, 'payments')),
    ...expenseCalls(resource(client, accountId, 'expenses')),
    ...expenseAccountReads(resource(client, accountId, 'categories'), resource(client, accountId, 'staffs')),
    ...journalCalls({ client, businessUuid, today }),
  };
}

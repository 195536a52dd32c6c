import type { Books } from './books.ts';
import type { Captures } from './captures.ts';
import type { Debits } from './debits.ts';
import type { Payouts } from './payouts.ts';

/** The ways to the providers that flows have. */
export interface Ports {
  readonly books: Books;
  readonly debits: Debits;
  readonly captures: Captures;
  readonly payouts: Payouts;
}

/** `read` answers once, `list` page by page, `write` changes something at the provider. */
export type CallKind = 'read' | 'list' | 'write';

type CallsOf<Port> = {
  readonly [Name in keyof Port as Port[Name] extends (...given: never[]) => unknown ? Name : never]: CallKind;
};

/**
 * What every method of every port does. A method that is not here does not compile, and is not let through while a business
 * observes.
 */
export const PORT_CALLS: { readonly [Name in keyof Ports]: CallsOf<Ports[Name]> } = {
  books: {
    getInvoice: 'read',
    getClient: 'read',
    getPayment: 'read',
    listPayments: 'read',
    listClientPayments: 'read',
    listPaymentsSince: 'read',
    listPaymentsNoted: 'read',
    listExpenses: 'read',
    createExpense: 'write',
    deleteExpense: 'write',
    listExpenseCategories: 'read',
    listStaff: 'read',
    listLedgerAccounts: 'read',
    listJournalEntries: 'read',
    createJournalEntry: 'write',
    findInvoicesByNumber: 'read',
    listOpenInvoices: 'read',
    listAllOpenInvoices: 'list',
    findClientsByEmail: 'read',
    createPayment: 'write',
    deletePayment: 'write',
  },
  debits: {
    getDebit: 'read',
    listCreditors: 'read',
    listDebits: 'read',
    listCustomerDebits: 'read',
    listDebitsCharged: 'list',
    stepsOf: 'read',
    listSteps: 'list',
    createDebit: 'write',
    cancelDebit: 'write',
    willRetry: 'read',
    getMandate: 'read',
    listMandates: 'read',
    getCustomer: 'read',
    listCustomers: 'list',
    listAllMandates: 'list',
    listSubscriptions: 'read',
    requestMandate: 'write',
    getBillingRequest: 'read',
  },
  captures: {
    getCapture: 'read',
    payerEmail: 'read',
    paymentsOfOrder: 'read',
    paymentsOfInvoice: 'read',
    getRefund: 'read',
    getDispute: 'read',
    listDisputes: 'list',
    searchTransactions: 'list',
    pendingTransactions: 'list',
    transactionsOf: 'read',
    balancesAt: 'read',
    listWebhookEvents: 'list',
  },
  payouts: {
    getPayout: 'read',
    listItems: 'read',
    listPayouts: 'list',
    listBounces: 'list',
    getRefund: 'read',
  },
};

/** The methods of a port that do this, by name. */
export function callsThat<Name extends keyof Ports>(
  kind: CallKind,
  port: Name,
): readonly (keyof CallsOf<Ports[Name]> & string)[] {
  const calls = Object.entries<CallKind>(PORT_CALLS[port]);
  return calls.filter(([, does]) => does === kind).map(([name]) => name) as never;
}

import type { Money } from '../money/money.ts';

/** A FreshBooks invoice as flows need it; freshbooks.md 3.2. */
export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly clientId: string;
  /** Organisation, else first and last name, as the invoice shows them; left out when it shows none. */
  readonly clientName?: string;
  readonly amount: Money;
  /** What is still to be paid; same currency as `amount`. */
  readonly outstanding: Money;
  /** YYYY-MM-DD. */
  readonly createdDate: string;
  readonly dueDate: string | null;
  /** From `v3_status`, `status`, `dispute_status`: never from `date_paid`. */
  readonly standing: 'draft' | 'open' | 'disputed' | 'paid';
  readonly visibility: 'active' | 'deleted' | 'archived';
  /** FreshBooks charges the client itself. */
  readonly autoBill: boolean;
  /** FreshBooks' own gateway has an order under way (`last_order_status: pending`). */
  readonly gatewayOrderPending: boolean;
}

/** A FreshBooks client. */
export interface BookClient {
  readonly id: string;
  readonly email: string | null;
  /** Organisation, else first and last name. */
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly organization: string | null;
  readonly visibility: 'active' | 'deleted' | 'archived';
}

/** A payment in the books. */
export interface BookPayment {
  readonly id: string;
  readonly invoiceId: string;
  /** The client of its invoice; '' when not told. */
  readonly clientId: string;
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly type: string;
  readonly note: string;
  /** Set when FreshBooks took the money itself (`stripe`, `paypal` …). */
  readonly gateway: string | null;
  readonly orderId: string | null;
  /** Some tools write it; FreshBooks itself does not (freshbooks.md 3.3). */
  readonly transactionId: string | null;
  readonly deleted: boolean;
  /** Set when FreshBooks turned part of the amount into a client credit. */
  readonly overpaymentId: string | null;
}

/** A list of payments, and whether it is known to hold every one that was asked for. */
export interface PaymentList {
  readonly payments: readonly BookPayment[];
  /** False when it was cut off, or FreshBooks did not heed what it was asked by. */
  readonly isComplete: boolean;
}

/** A payment to be written into the books. */
export interface NewBookPayment {
  readonly invoiceId: string;
  readonly amount: Money;
  readonly date: string;
  readonly type: 'Bank Transfer' | 'ACH' | 'PayPal';
  readonly note: string;
}

/** An expense in the books. */
export interface BookExpense {
  readonly id: string;
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly vendor: string;
  readonly notes: string;
  readonly deleted: boolean;
}

/** An expense to be written into the books; FreshBooks demands category and staff (freshbooks.md 3.5). */
export interface NewBookExpense {
  readonly amount: Money;
  readonly categoryId: number;
  readonly staffId: number;
  readonly date: string;
  readonly vendor: string;
  readonly notes: string;
}

/** A category of expenses; ids are per account (freshbooks.md 3.5). */
export interface ExpenseCategory {
  readonly id: number;
  readonly name: string;
}

/** A member of staff. */
export interface StaffMember {
  readonly id: number;
  /** First and last name, else e-mail. */
  readonly name: string;
  /** The owner of the account: staff 1 (freshbooks.md 0). */
  readonly isOwner: boolean;
}

/** An active account of the chart of accounts. */
export interface LedgerAccount {
  readonly uuid: string;
  readonly number: string;
  readonly name: string;
  /** `asset`, `equity`, `expense`, `income`, `liability`. */
  readonly type: string;
}

/** One side of a journal entry; the amount is positive. */
export interface JournalLine {
  readonly accountUuid: string;
  readonly side: 'debit' | 'credit';
  readonly amount: Money;
}

/** A journal entry to be written into the books; it can never be changed or deleted there (freshbooks.md 3.7). */
export interface NewJournalEntry {
  /** What it is found by. FreshBooks does not keep it unique. */
  readonly number: string;
  readonly name: string;
  readonly description: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** At least two, of one currency, debits equal to credits. */
  readonly lines: readonly JournalLine[];
}

/** A journal entry in the books. */
export interface BookJournalEntry {
  /** FreshBooks' id of it; its number when the answer names no id. */
  readonly id: string;
  readonly number: string;
}

/**
 * What a call was refused for when trying again with the same token and plan cannot help: kind `rejected`, this reason
 * (freshbooks.md 1.7, 2.5).
 */
export const SCOPE_MISSING = 'scope_missing';

/** Reason of a `rejected` write whose date lies in a period that was closed in FreshBooks. */
export const PERIOD_LOCKED = 'period_locked';

/**
 * The books of one business. Every method rejects with ConnectorError. Reads answer null for "no such object"; an
 * object deleted in FreshBooks is still returned, with its visibility.
 */
export interface Books {
  /** The FreshBooks account id, e.g. `xZNQ1X`. */
  readonly accountId: string;
  getInvoice(invoiceId: string): Promise<Invoice | null>;
  getClient(clientId: string): Promise<BookClient | null>;
  getPayment(bookPaymentId: string): Promise<BookPayment | null>;
  /** Payments on one invoice, deleted ones left out. */
  listPayments(invoiceId: string): Promise<readonly BookPayment[]>;
  /** Payments of one client dated on or after the day (YYYY-MM-DD), deleted ones left out. */
  listClientPayments(clientId: string, since: string): Promise<readonly BookPayment[]>;
  /**
   * Payments of all clients dated on or after the day, of this amount when one is given, deleted ones left out. Of more than
   * a thousand only some are read.
   */
  listPaymentsSince(since: string, amount?: Money): Promise<PaymentList>;
  /** Payments of all clients and times whose note has this text, deleted ones left out. */
  listPaymentsNoted(text: string): Promise<PaymentList>;
  /** Expenses with this vendor dated on the day, deleted ones left out. */
  listExpenses(vendor: string, date: string): Promise<readonly BookExpense[]>;
  createExpense(expense: NewBookExpense): Promise<BookExpense>;
  /** Takes an expense back (`vis_state` 1). Repeating it changes nothing. */
  deleteExpense(bookExpenseId: string): Promise<void>;
  /** Categories that expenses may have, deleted ones left out. */
  listExpenseCategories(): Promise<readonly ExpenseCategory[]>;
  /** Staff, deleted ones left out. */
  listStaff(): Promise<readonly StaffMember[]>;
  /** The chart of accounts with its sub-accounts, active ones only. */
  listLedgerAccounts(): Promise<readonly LedgerAccount[]>;
  /** The journal entries with exactly this number, once each by their id, looked for among all there are. */
  listJournalEntries(number: string): Promise<readonly BookJournalEntry[]>;
  createJournalEntry(entry: NewJournalEntry): Promise<BookJournalEntry>;
  /** Invoices with this number (trimmed, case-insensitive, leading zeros kept), deleted ones too. */
  findInvoicesByNumber(invoiceNumber: string): Promise<readonly Invoice[]>;
  /** Invoices of a client that are not deleted and have something outstanding. */
  listOpenInvoices(clientId: string): Promise<readonly Invoice[]>;
  /** Every invoice that is not deleted and has something outstanding. */
  listAllOpenInvoices(): AsyncIterable<Invoice>;
  /** Clients whose e-mail is this one (case-insensitive, whole), deleted ones left out. */
  findClientsByEmail(email: string): Promise<readonly BookClient[]>;
  createPayment(payment: NewBookPayment): Promise<BookPayment>;
  /** Takes a payment back (`vis_state` 1). Repeating it changes nothing. */
  deletePayment(bookPaymentId: string): Promise<void>;
}

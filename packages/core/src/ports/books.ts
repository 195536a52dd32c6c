import type { Money } from '../money/money.ts';

/** A FreshBooks invoice as flows need it; freshbooks.md 3.2. */
export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly clientId: string;
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
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly type: string;
  readonly note: string;
  /** Set when FreshBooks took the money itself (`stripe`, `paypal` …). */
  readonly gateway: string | null;
  readonly orderId: string | null;
  readonly deleted: boolean;
  /** Set when FreshBooks turned part of the amount into a client credit. */
  readonly overpaymentId: string | null;
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
  /** Expenses with this vendor dated on the day, deleted ones left out. */
  listExpenses(vendor: string, date: string): Promise<readonly BookExpense[]>;
  createExpense(expense: NewBookExpense): Promise<BookExpense>;
  /** Invoices with this number (trimmed, case-insensitive, leading zeros kept), deleted ones left out. */
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

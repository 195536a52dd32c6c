import { formatCents } from './amounts.ts';
import type { Cents } from './amounts.ts';
import type { Body } from './body.ts';
import type { Books } from './books.ts';
import { createCallback } from './callbacks.ts';
import { createClient, updateClient } from './clients.ts';
import { isOpen, stateOf } from './invoice-state.ts';
import { createInvoice, invoiceById, updateInvoice } from './invoice-write.ts';
import { newYorkDay } from './new-york.ts';
import { createPayment, updatePayment } from './payment-write.ts';
import type { CallbackRow, ExpenseRow, JournalEntryRow } from './rows.ts';
import { creditView, invoiceView, paymentView } from './views.ts';
import type { CreditView, InvoiceView, PaymentView } from './views.ts';

/** A client to be made by a person in FreshBooks; wire names for the rest. */
export type NewClient = { readonly email?: string; readonly organization?: string } & Body;

/** An invoice to be made by a person: one line over the amount unless `lines` is given, sent unless told otherwise. */
export interface NewInvoice {
  readonly clientId: number;
  /** Decimal string, e.g. `120.00`. */
  readonly amount: string;
  readonly currency?: string;
  /** YYYY-MM-DD; today in New York when left out. */
  readonly createDate?: string;
  readonly dueInDays?: number;
  readonly number?: string;
  /** Left as a draft when false. */
  readonly sent?: boolean;
  /** More wire fields, e.g. `{ auto_bill: true }`, `{ lines: […] }`. */
  readonly fields?: Body;
}

/** A payment recorded by a person, or by FreshBooks' own gateway when one is named. */
export interface NewPayment {
  readonly invoiceId: number;
  readonly amount: string;
  /** YYYY-MM-DD; today in New York when left out. */
  readonly date?: string;
  readonly type?: string;
  readonly note?: string;
  /** e.g. `paypal`, `stripe`. */
  readonly gateway?: string;
  readonly orderId?: string;
}

/** A person at the screen of one FreshBooks business. Raises events as people do; throws Refusal where the API would. */
export class Desk {
  readonly books: Books;

  constructor(books: Books) {
    this.books = books;
  }

  createClient(client: NewClient): { readonly id: number } {
    return { id: createClient(this.books, client).id };
  }

  /** Changes wire fields of a client, or its `vis_state`. */
  editClient(id: number, fields: Body): void {
    updateClient(this.books, id, fields);
  }

  createInvoice(invoice: NewInvoice): InvoiceView {
    const { clientId, amount, sent = true } = invoice;
    const row = createInvoice(this.books, {
      customerid: clientId,
      create_date: invoice.createDate ?? newYorkDay(this.books.now()),
      due_offset_days: invoice.dueInDays ?? 0,
      currency_code: invoice.currency,
      invoice_number: invoice.number,
      lines: [{ name: 'Work', qty: '1', unit_cost: { amount } }],
      status: sent ? 2 : 1,
      ...invoice.fields,
    });
    return invoiceView(this.books, row);
  }

  /** Changes wire fields of an invoice, by the phases of a PUT. */
  editInvoice(id: number, fields: Body): InvoiceView {
    return invoiceView(this.books, updateInvoice(this.books, id, fields));
  }

  /** Replaces an invoice's lines by one over the amount. */
  changeAmount(id: number, amount: string): InvoiceView {
    return this.editInvoice(id, { lines: [{ name: 'Work', qty: '1', unit_cost: { amount } }] });
  }

  sendInvoice(id: number): InvoiceView {
    return this.editInvoice(id, { action_email: true });
  }

  deleteInvoice(id: number): InvoiceView {
    return this.editInvoice(id, { vis_state: 1 });
  }

  recordPayment(payment: NewPayment): PaymentView {
    const { invoiceId, amount, type = 'Bank Transfer', note = '', orderId } = payment;
    const date = payment.date ?? newYorkDay(this.books.now());
    const body = { invoiceid: invoiceId, amount: { amount }, date, type, note, orderid: orderId };
    return paymentView(createPayment(this.books, body, payment.gateway ?? null));
  }

  /** Pays from a credit: wire fields with `creditid` and `from_credit`. */
  applyCredit(fields: Body): PaymentView {
    return paymentView(createPayment(this.books, fields));
  }

  /** Changes wire fields of a payment, by the phases of a PUT. */
  editPayment(id: number, fields: Body): PaymentView {
    return paymentView(updatePayment(this.books, id, fields));
  }

  deletePayment(id: number): PaymentView {
    return this.editPayment(id, { vis_state: 1 });
  }

  /** A callback whose handshake is done. */
  registerCallback(callback: { event: string; uri: string; verifier?: string }): CallbackRow {
    const { event, uri, verifier } = callback;
    const row = createCallback(this.books, { event, uri }, verifier);
    row.verified = true;
    return row;
  }

  invoice(id: number): InvoiceView {
    return invoiceView(this.books, invoiceById(this.books, id));
  }

  /** All invoices, deleted ones too, in the order they were made. */
  invoices(): InvoiceView[] {
    return [...this.books.invoices.values()].map((row) => invoiceView(this.books, row));
  }

  /** Invoices that are sent, visible and have something outstanding. */
  openInvoices(): InvoiceView[] {
    const open = [...this.books.invoices.values()].filter((row) => isOpen(this.books, row));
    return open.map((row) => invoiceView(this.books, row));
  }

  /** Payments of an invoice, deleted ones too, in the order they were made. */
  paymentsOf(invoiceId: number): PaymentView[] {
    return this.payments().filter((payment) => payment.invoiceId === invoiceId);
  }

  /** All payments, deleted ones too. */
  payments(): PaymentView[] {
    return [...this.books.payments.values()].map(paymentView);
  }

  credits(): CreditView[] {
    return [...this.books.creditNotes.values()].map((row) => creditView(this.books, row));
  }

  expenses(): ExpenseRow[] {
    return [...this.books.expenses.values()];
  }

  journal(): readonly JournalEntryRow[] {
    return this.books.journal;
  }

  /** What open invoices add up to, by currency, as decimal strings. */
  outstanding(): Readonly<Record<string, string>> {
    const sums = new Map<string, Cents>();
    for (const row of this.books.invoices.values()) {
      if (!isOpen(this.books, row)) continue;
      sums.set(row.currency, (sums.get(row.currency) ?? 0n) + stateOf(this.books, row).outstanding);
    }
    return Object.fromEntries([...sums].map(([code, cents]) => [code, formatCents(cents)]));
  }
}

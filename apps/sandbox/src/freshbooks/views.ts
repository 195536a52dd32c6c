import { formatCents } from './amounts.ts';
import type { Books } from './books.ts';
import { creditState } from './credit-notes.ts';
import { stateOf } from './invoice-state.ts';
import type { CreditNoteRow, InvoiceRow, PaymentRow } from './rows.ts';

/** An invoice for tests and demos. Amounts are decimal strings with two decimals. */
export interface InvoiceView {
  readonly id: number;
  readonly number: string;
  readonly clientId: number;
  readonly currency: string;
  readonly amount: string;
  readonly paid: string;
  readonly outstanding: string;
  /** `v3_status`. */
  readonly status: string;
  readonly paymentStatus: string;
  /** YYYY-MM-DD. */
  readonly createDate: string;
  readonly dueDate: string;
  readonly deleted: boolean;
}

/** A payment for tests and demos. */
export interface PaymentView {
  readonly id: number;
  readonly invoiceId: number;
  readonly currency: string;
  readonly amount: string;
  readonly date: string;
  readonly type: string;
  readonly note: string;
  readonly gateway: string | null;
  /** The credit note made of what the invoice had no room for. */
  readonly overpaymentCreditId: number | null;
  readonly deleted: boolean;
}

/** A client's credit for tests and demos. */
export interface CreditView {
  readonly id: number;
  readonly clientId: number;
  readonly currency: string;
  readonly amount: string;
  /** Part already put on invoices. */
  readonly used: string;
  readonly type: string;
  readonly deleted: boolean;
}

/** Shows an invoice as it stands now. */
export function invoiceView(books: Books, row: InvoiceRow): InvoiceView {
  const state = stateOf(books, row);
  return {
    id: row.id,
    number: row.number,
    clientId: row.customerId,
    currency: row.currency,
    amount: formatCents(state.amount),
    paid: formatCents(state.paid),
    outstanding: formatCents(state.outstanding),
    status: state.standing.v3_status,
    paymentStatus: state.standing.payment_status,
    createDate: row.createDate,
    dueDate: state.dueDate,
    deleted: row.visState === 1,
  };
}

/** Shows a payment. */
export function paymentView(row: PaymentRow): PaymentView {
  const { id, invoiceId, currency, date, type, note, gateway, overpaymentCreditId } = row;
  const amount = formatCents(row.amount);
  return {
    id,
    invoiceId,
    currency,
    amount,
    date,
    type,
    note,
    gateway,
    overpaymentCreditId,
    deleted: row.visState === 1,
  };
}

/** Shows a credit. */
export function creditView(books: Books, row: CreditNoteRow): CreditView {
  const { amount, used } = creditState(books, row);
  return {
    id: row.id,
    clientId: row.clientId,
    currency: row.currency,
    amount: formatCents(amount),
    used: formatCents(used),
    type: row.creditType,
    deleted: row.visState === 1,
  };
}

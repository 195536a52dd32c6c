import type { Invoice, Money, NewBookPayment, Posting, Subject } from '@mlc/core';

/** Money that came in at a provider and belongs into the books. */
export interface MoneyIn {
  readonly provider: 'gocardless' | 'paypal';
  /** The provider's id of it: GoCardless payment, PayPal transaction. */
  readonly id: string;
  /** How the note begins, e.g. `GoCardless PM123`. */
  readonly title: string;
  /** What questions about it are asked about. */
  readonly subject: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD, the date it moved. */
  readonly date: string;
  /** YYYY-MM-DD, a day before it can have moved: entries of it in the books are looked for from then on. */
  readonly bookedSince: string;
  readonly type: NewBookPayment['type'];
}

/** Money to be booked on an invoice; `earlier` is the entry an interrupted run left behind. */
export interface ToPost {
  readonly money: MoneyIn;
  readonly invoiceId: string;
  readonly cycle: number;
  readonly earlier: Posting | null;
  /** True when all of the books were looked through for it in this run. */
  readonly isAbsent?: boolean;
  /** The invoice as this run read it before it was locked. */
  readonly read?: ReadInvoice;
}

/** An invoice, and when the run that read it began to read. */
export interface ReadInvoice {
  readonly invoice: Invoice;
  readonly at: Date;
}

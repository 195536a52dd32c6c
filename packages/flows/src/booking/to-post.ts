import type { Collection, Invoice, Posting } from '@mlc/core';
import type { MoneyIn } from '../ledger/money-in.ts';

/** Money to be booked on an invoice; `earlier` is the entry an interrupted run left behind. */
export interface ToPost {
  readonly money: MoneyIn;
  readonly invoiceId: string;
  readonly cycle: number;
  readonly earlier: Posting | null;
  /** True when all of the books were looked through for it in this run. */
  readonly isAbsent?: boolean;
  /** The collection that follows the debit, where the run has read it; null when none did. */
  readonly followed?: Collection | null;
  /** The invoice as this run read it before it was locked. */
  readonly read?: ReadInvoice;
}

/** An invoice, and when the run that read it began to read. */
export interface ReadInvoice {
  readonly invoice: Invoice;
  readonly at: Date;
}

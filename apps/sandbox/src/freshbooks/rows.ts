import type { Cents, Decimal } from './amounts.ts';
import type { BaseStatus } from './invoice-standing.ts';

/** 0 active, 1 deleted, 2 archived (freshbooks.md 2.3). */
export type VisState = 0 | 1 | 2;

/** What every object in the books has. Times are milliseconds since 1970. */
export interface Row {
  readonly id: number;
  readonly createdMs: number;
  updatedMs: number;
  visState: VisState;
}

/** Wire fields that are kept as they are sent, by wire name. */
type PlainFields = Record<string, unknown>;

/** A client; `plain` holds its writable wire fields. */
export interface ClientRow extends Row {
  readonly uuid: string;
  plain: PlainFields;
}

/** A line of an invoice or credit note. */
export interface LineRow {
  readonly lineid: number;
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly qty: Decimal;
  readonly qtyText: string;
  readonly unitCost: Decimal;
  readonly taxes: readonly [LineTax, LineTax];
  readonly compoundedTax: boolean;
  readonly updatedMs: number;
}

/** A tax on a line, in percent. */
export interface LineTax {
  readonly name: string | null;
  readonly percent: Decimal;
  readonly text: string;
}

/** An invoice. What is paid is never stored: it is the sum of its payments. */
export interface InvoiceRow extends Row {
  readonly uuid: string;
  customerId: number;
  number: string;
  currency: string;
  /** YYYY-MM-DD. */
  createDate: string;
  dueOffsetDays: number;
  discount: Decimal;
  lines: LineRow[];
  base: BaseStatus;
  plain: PlainFields;
}

/** A payment on an invoice. */
export interface PaymentRow extends Row {
  invoiceId: number;
  amount: Cents;
  currency: string;
  date: string;
  type: string;
  note: string;
  creditId: number | null;
  fromCredit: boolean;
  orderId: string | number | null;
  gateway: string | null;
  overpaymentId: number | null;
  /** The credit note made of the overpaid part. */
  overpaymentCreditId: number | null;
  bulkPaymentId: number | null;
  sendClientNotification: boolean | null;
}

/** A credit of a client. What is used of it is the sum of the payments made from it. */
export interface CreditNoteRow extends Row {
  clientId: number;
  number: string;
  currency: string;
  createDate: string;
  creditType: string;
  description: string;
  lines: LineRow[];
  plain: PlainFields;
}

/** An expense. */
export interface ExpenseRow extends Row {
  amount: Cents;
  currency: string;
  categoryId: number;
  staffId: number;
  date: string;
  vendor: string;
  plain: PlainFields;
}

/** Income that belongs to no invoice. */
export interface OtherIncomeRow extends Row {
  amount: Cents;
  currency: string;
  categoryName: string;
  date: string;
  source: string | null;
  paymentType: string | null;
  note: string | null;
  taxes: readonly unknown[];
}

/** A category of expenses. */
export interface CategoryRow extends Row {
  readonly name: string;
  readonly parentId: number | null;
  readonly isCogs: boolean;
}

/** A member of staff. */
export interface StaffRow extends Row {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/** An account of the chart. */
export interface LedgerAccountRow {
  readonly uuid: string;
  readonly id: number;
  readonly name: string;
  readonly number: string;
  readonly type: string;
  readonly subType: string;
  readonly systemName: string | null;
  readonly parentUuid: string | null;
  readonly description: string;
  readonly autoCreated: boolean;
  readonly createdMs: number;
}

/** One side of a journal entry. */
export interface JournalSide {
  readonly accountId: string;
  readonly amount: Cents;
  readonly code: string;
  readonly type: 'TYPE_DEBIT' | 'TYPE_CREDIT';
}

/** A manual journal entry; cannot be changed or deleted. */
export interface JournalEntryRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly number: string;
  readonly description: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly sides: readonly JournalSide[];
  readonly createdMs: number;
}

/** A registered webhook. Its verifier is the key of its signatures. */
export interface CallbackRow extends Row {
  event: string;
  uri: string;
  readonly verifier: string;
  verified: boolean;
}

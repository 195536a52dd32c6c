import { randomUUID } from 'node:crypto';
import type {
  CallbackRow,
  CategoryRow,
  ClientRow,
  CreditNoteRow,
  ExpenseRow,
  InvoiceRow,
  JournalEntryRow,
  LedgerAccountRow,
  OtherIncomeRow,
  PaymentRow,
  StaffRow,
  VisState,
} from './rows.ts';
import type { Switches } from './switches.ts';

/** A role of an identity in a business; `client` may read only (freshbooks.md 1.7). */
type Role = 'owner' | 'admin' | 'business_manager' | 'business_accountant' | 'client';

/** Who a FreshBooks business is. */
export interface BusinessFacts {
  /** Short alphanumeric, e.g. `xZNQ1X`. */
  readonly accountId: string;
  readonly businessId: number;
  readonly businessUuid: string;
  readonly name: string;
  /** The login that owns it. */
  readonly identityId: number;
  /** Currency of clients and invoices that name none. */
  readonly currency: string;
  role: Role;
}

/** The books of one business: every object by id, the time, and what tells the world about a change. */
export interface Books {
  readonly business: BusinessFacts;
  readonly switches: Switches;
  readonly clients: Map<number, ClientRow>;
  readonly invoices: Map<number, InvoiceRow>;
  readonly payments: Map<number, PaymentRow>;
  /** Ids of the payments on each invoice, deleted ones too. */
  readonly paymentsByInvoice: Map<number, Set<number>>;
  readonly creditNotes: Map<number, CreditNoteRow>;
  readonly expenses: Map<number, ExpenseRow>;
  readonly categories: Map<number, CategoryRow>;
  readonly staff: Map<number, StaffRow>;
  readonly otherIncomes: Map<number, OtherIncomeRow>;
  readonly chart: Map<string, LedgerAccountRow>;
  readonly journal: JournalEntryRow[];
  readonly callbacks: Map<number, CallbackRow>;
  /** E-mails FreshBooks would have sent about invoices. */
  readonly emails: {
    readonly invoiceId: number;
    readonly recipients: readonly string[];
    readonly subject: string;
  }[];
  /** Milliseconds since 1970, by the sandbox's clock. */
  now(): number;
  /** The next id of a kind; payments and the entries of their overpayments share one sequence, two apart. */
  nextId(kind: IdKind): number;
  /** Tells verified callbacks that an object changed, e.g. `invoice.update`. */
  raise(event: string, objectId: number): void;
}

/** Kinds of objects with an id sequence of their own. */
export type IdKind =
  | 'client'
  | 'invoice'
  | 'payment'
  | 'creditNote'
  | 'expense'
  | 'otherIncome'
  | 'journal'
  | 'ledgerAccount'
  | 'callback';

/** The same books, whose changes nobody hears of. */
export function muted(books: Books): Books {
  return { ...books, raise: () => undefined };
}

/** Base fields of a new object. */
export function newRow(
  books: Books,
  kind: IdKind,
): { id: number; createdMs: number; updatedMs: number; visState: VisState; uuid: string } {
  const now = books.now();
  return { id: books.nextId(kind), createdMs: now, updatedMs: now, visState: 0, uuid: randomUUID() };
}

/** Raises what a deletion raises here: `.delete`, `.update` or both (freshbooks.md 5.3, unknown). */
export function raiseDeletion(books: Books, noun: string, objectId: number): void {
  const { deletionRaises } = books.switches;
  if (deletionRaises !== 'update') books.raise(`${noun}.delete`, objectId);
  if (deletionRaises !== 'delete') books.raise(`${noun}.update`, objectId);
}

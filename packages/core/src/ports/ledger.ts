import type { LedgerEntry, NewLedgerEntry } from '../ledger/entry.ts';
import type { Subject } from './subject.ts';
import type { Payout, PayoutItem } from './payouts.ts';

/** The own double-entry ledger of one business (design section 9). Append-only. */
export interface LedgerReads {
  /**
   * Entries about one thing at a provider, in the order they were written. Asked within a transaction, no payout is booked
   * until its end: what the payout would make of this payment and what is made of it here cannot pass each other.
   */
  ofSource(source: Subject): Promise<readonly LedgerEntry[]>;
  /**
   * Entries of a payout's payments, in the order they were written; for the transaction that books the payout: it waits
   * for those that asked `ofSource`, and they for it. Not to be called in a transaction that asked `ofSource` before.
   */
  ofPayments(provider: string, paymentIds: readonly string[]): Promise<readonly LedgerEntry[]>;
  /** Entries of refunds (transactions of their own) that name this payment, in the order they were written. */
  ofRefundsOf(payment: Subject): Promise<readonly LedgerEntry[]>;
  /** Entries on one invoice that are dated `since` (YYYY-MM-DD) or later, in the order they were written. */
  ofInvoice(invoiceId: string, since: string): Promise<readonly LedgerEntry[]>;
  /** Entries of one payout, in the order they were written. */
  ofPayout(payoutId: string): Promise<readonly LedgerEntry[]>;
}

/** The same within a transaction. */
export interface LedgerStore extends LedgerReads {
  /**
   * Writes the entries whose key is not there yet, each dated on its `date` or, when that month is closed, on the first
   * open day after; says so in the audit log. For the transaction of what they record. Returns the keys it wrote.
   */
  record(entries: readonly NewLedgerEntry[]): Promise<readonly string[]>;
}

/** A payout as it is kept, with its items once they were fetched. */
export interface KeptPayout {
  readonly payout: Payout;
  readonly items: readonly PayoutItem[] | null;
}

/** An item of a payout, seen from its payment. */
export interface KeptItem extends PayoutItem {
  readonly payoutId: string;
}

/** Payouts and their items, kept because the provider forgets the items after six months. */
export interface PayoutReads {
  get(payoutId: string): Promise<KeptPayout | null>;
  /** Items of one payment over all payouts, oldest payout first. */
  itemsOfPayment(paymentId: string): Promise<readonly KeptItem[]>;
  /** Which of these GoCardless payments are ours: followed as a collection, or booked. */
  oursAmong(paymentIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** The same within a transaction. */
export interface PayoutStore extends PayoutReads {
  /** Inserts or refreshes the payout; items once kept are never replaced by it. */
  put(payout: Payout, items: readonly PayoutItem[] | null): Promise<void>;
  /** Replaces the items of a kept payout: those kept did not add up. */
  replaceItems(payoutId: string, items: readonly PayoutItem[]): Promise<void>;
}

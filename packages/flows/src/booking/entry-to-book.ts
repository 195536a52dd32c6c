import { keyInNote, type Money, type Posting, type Repositories, type Subject } from '@mlc/core';
import type { BookScope } from './missing-scope.ts';

/** How FreshBooks calls the entry; a journal entry has no other id when its answer names none. */
export interface BookedEntry {
  readonly id: string;
}

/** An entry in the books that belongs to no invoice: an expense, a journal entry, or the mirror of one. */
export interface EntryToBook {
  readonly key: string;
  readonly kind: 'fee' | 'journal' | 'reversal';
  readonly source: Posting['source'];
  readonly cycle: number;
  readonly reversesKey: string | null;
  readonly eventId: string;
  /** The payout or capture it is about, for questions and the audit log. */
  readonly subject: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD: the day it belongs to. */
  readonly date: string;
  /** How the note begins. */
  readonly title: string;
  /** What only the note kept here ends with. */
  readonly kept?: string;
  readonly scope: BookScope;
  /** Runs in the transaction that records it. */
  readonly follow?: (tx: Repositories) => Promise<void>;
  /** In words: `createExpense`. */
  readonly operation: string;
  /** Looks for it in the books, where an attempt with this date would have put it. */
  readonly find: (date: string) => Promise<BookedEntry | null>;
  /** Finds out what the call needs and answers with the call. */
  readonly prepare: () => Promise<(posting: Sent) => Promise<BookedEntry>>;
}

/** What of the posting goes into the books: date and note may have moved. */
export type Sent = Pick<Posting, 'date' | 'note'>;

/** A date that moved keeps the day it belongs to in the note. */
export function noteOf(entry: EntryToBook, { date, wanted }: { date: string; wanted: string }): string {
  const where = wanted === entry.date ? '' : ' in FreshBooks';
  const moved = date === entry.date ? '' : ` · of ${entry.date}, that month is closed${where}`;
  return `${entry.title} · ${keyInNote(entry.key)}${moved}`;
}

/** The note as it is kept with the posting. */
export function keptNote({ kept }: EntryToBook, sent: string): string {
  return kept === undefined ? sent : `${sent} · ${kept}`;
}

/** The posting of the entry as it is intended. */
export function intentOf(entry: EntryToBook, { date, note: sent }: Sent) {
  const { key, kind, source, cycle, amount, reversesKey, eventId } = entry;
  const note = keptNote(entry, sent);
  const about = { source, invoiceId: null, invoiceNumber: null, reversesKey, eventId };
  return { key, kind, ...about, cycle, amount, date, note };
}

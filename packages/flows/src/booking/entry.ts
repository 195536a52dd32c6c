import {
  type AuditEntry,
  type FlowContext,
  type InboundEvent,
  keyInNote,
  type NewPosting,
  type Posting,
  type ProviderWrite,
} from '@mlc/core';

/** Whose run books it: a flow's, or one by hand in the name of the event that made what is taken back. */
export type BookingJob = FlowContext & { readonly event: Pick<InboundEvent, 'id' | 'correlationId'> };

/** What FreshBooks calls an entry; a journal entry has no other id when its answer names none. */
export interface BookedEntry {
  readonly id: string;
}

/** What of the posting goes into the books: date and note may have moved. */
export type Sent = Pick<Posting, 'date' | 'note'>;

/** An entry that stands in the books, with what its row is to say when nobody here knows it (a store restored from a backup). */
export interface Standing<Booked extends BookedEntry> extends Sent {
  readonly booked: Booked;
  readonly key: string;
}

/**
 * One change of the books, as `enter` carries it out: a payment, an expense, a journal entry, its mirror, or the deletion of one.
 * `Stop` is what keeps it out for a reason of its own.
 */
export interface Entry<Booked extends BookedEntry = BookedEntry, Stop = never> {
  /** Its row, without what is known later. */
  readonly posting: Omit<NewPosting, 'date' | 'note' | 'invoiceNumber'>;
  readonly invoiceNumber: () => Promise<string | null>;
  /** YYYY-MM-DD: the day it belongs to. */
  readonly date: string;
  /** The day that a note names whose month is closed, and how. */
  readonly named: { readonly as: 'of' | 'charged' | 'booked'; readonly date: string };
  /** How the note begins. */
  readonly title: string;
  /** What only the note kept here ends with. */
  readonly kept?: string;
  /** In words: `createExpense`. */
  readonly operation: string;
  /** How many months are tried while FreshBooks keeps them closed. */
  readonly months: number;
  /** What the audit log says of the intent on this date; null when it says it once it is done. */
  readonly intended: ((date: string, isNew: boolean) => Omit<AuditEntry, 'actor' | 'correlationId'>) | null;
  /** What a person is shown while the business observes. */
  readonly write: () => Promise<ProviderWrite>;
  /** Looks for it in the books; null for a call that may be repeated. */
  readonly look: (() => Promise<Standing<Booked> | null>) | null;
  /** Why it is not to be entered, asked after the look. */
  readonly stop?: () => Promise<Stop | null>;
  /** Finds out what the call needs and answers with the call. */
  readonly prepare: () => Promise<(sent: Sent) => Promise<Booked>>;
}

/** Who intends it knows the day; `isMoved`: the month of the day that is named is closed. */
export function noteOf(
  { title, posting, date, named }: Pick<Entry, 'title' | 'posting' | 'date' | 'named'>,
  { wanted, isMoved }: { wanted: string; isMoved: boolean },
): string {
  const where = wanted === date ? '' : ' in FreshBooks';
  const moved = isMoved ? ` · ${named.as} ${named.date}, that month is closed${where}` : '';
  return `${title} · ${keyInNote(posting.key)}${moved}`;
}

/** The note as it is kept with the posting. */
export function keptNote({ kept }: Pick<Entry, 'kept'>, sent: string): string {
  return kept === undefined ? sent : `${sent} · ${kept}`;
}

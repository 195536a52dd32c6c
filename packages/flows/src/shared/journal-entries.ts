import {
  type FlowContext,
  type InboundEvent,
  type JournalLine,
  payoutSubject,
  type Posting,
  postingKey,
  type Repositories,
} from '@mlc/core';
import { bookEntry, type EntryOutcome } from './book-entry.ts';
import type { EntryToBook } from './entry-to-book.ts';
import { linesInNote, textOfLines } from './journal-lines.ts';

/** A journal entry of ours that is to be taken back, and why. */
export interface ToMirror {
  /** The posting of the entry, kind `journal`. */
  readonly original: Posting;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** How the note begins: why. */
  readonly title: string;
  /** Of all its lines, or of what a payout that came back from the bank undoes. */
  readonly undo: (lines: readonly JournalLine[]) => JournalLine[];
  /** Runs in the transaction that records it. */
  readonly follow?: (tx: Repositories) => Promise<void>;
}

/** The posting of a payout's journal entry; null when we made none. */
export function journalPosting(context: FlowContext, payoutId: string): Promise<Posting | null> {
  return context.store.postings.byKey(keyOf(context, payoutId, 'journal'));
}

/**
 * Takes the journal entry of a payout back by its mirror, number `MLC-<payoutId>-R`, made of exactly the
 * lines that were sent: the payout bounced, or a person wants it. The original becomes `reversed`. Returns what became of it in words. Rejects
 * with ConnectorError.
 */
export async function mirrorJournal(
  context: FlowContext,
  inbound: Pick<InboundEvent, 'id' | 'correlationId'>,
  { original, date, title, undo, follow }: ToMirror,
): Promise<string> {
  const { source, amount, key } = original;
  const name = `Takes back ${numberOf(source.id)}`;
  const lines = undo(linesInNote(original.note, amount.currency));
  if (lines.length < 2) throw new Error(`the note of journal posting ${key} does not say its lines`);
  const outcome = await bookEntry(context, inbound, {
    ...journalEntry(context, { number: mirrorNumberOf(source.id), name, lines }),
    ...aboutPayout(context, source.id, 'journal-reversal'),
    kind: 'reversal',
    amount,
    date,
    title,
    reversesKey: key,
    eventId: original.eventId,
    ...(follow === undefined ? {} : { follow }),
  });
  return wordsOf(outcome, 'taken back by journal entry');
}

/** Key of the posting that takes a payout's journal entry back. */
export function mirrorKey(context: FlowContext, payoutId: string): string {
  return keyOf(context, payoutId, 'journal-reversal');
}

function keyOf({ sha256, business }: FlowContext, sourceId: string, kind: string): string {
  return postingKey(sha256, { business: business.slug, kind, provider: 'gocardless', sourceId, cycle: 1 });
}

/** What every entry about a payout says. */
export function aboutPayout(context: FlowContext, payoutId: string, kind: 'journal' | 'journal-reversal') {
  const source = { provider: 'gocardless', id: payoutId };
  return { key: keyOf(context, payoutId, kind), source, cycle: 1, subject: payoutSubject(payoutId) };
}

/** What a payout's entry is found by in FreshBooks. */
export function numberOf(payoutId: string): string {
  return `MLC-${payoutId}`;
}

function mirrorNumberOf(payoutId: string): string {
  return `${numberOf(payoutId)}-R`;
}

/** The number of a posting's journal entry; null when it is none. */
export function numberOfPosting(context: FlowContext, { kind, key, source }: Posting): string | null {
  if (kind === 'journal') return numberOf(source.id);
  return key === mirrorKey(context, source.id) ? mirrorNumberOf(source.id) : null;
}

/** How a journal entry is looked for and sent. */
export function journalEntry(
  { books }: FlowContext,
  { number, name, lines }: { number: string; name: string; lines: readonly JournalLine[] },
): Pick<EntryToBook, 'scope' | 'operation' | 'kept' | 'find' | 'prepare'> {
  return {
    scope: 'journal_entries',
    operation: 'createJournalEntry',
    kept: textOfLines(lines),
    find: async () => (await books.listJournalEntries(number)).at(0) ?? null,
    prepare: () =>
      Promise.resolve(({ date, note }) =>
        books.createJournalEntry({ number, name, description: note, date, lines }),
      ),
  };
}

/** What became of an entry, for the run's reason. */
export function wordsOf(outcome: EntryOutcome, done: string): string {
  switch (outcome.kind) {
    case 'booked':
      return `${done} ${outcome.id}`;
    case 'there':
      return `${done} ${outcome.posting.externalId ?? ''} before (${outcome.posting.state})`;
    case 'asked':
      return outcome.why;
  }
}

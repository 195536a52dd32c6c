import { type Effect, type FlowContext, type JournalLine, payoutSubject, type Posting } from '@mlc/core';
import { bookEntry, type EntryOutcome, type EntryToBook } from './book-entry.ts';
import { linesInNote, textOfLines } from './journal-lines.ts';
import type { BookingJob } from './entry.ts';
import { newPostingKey, postingOf, reversalOf } from './posting-keys.ts';

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
  /** Further effects of it. */
  readonly follow?: readonly Effect[];
}

/** The posting of a payout's journal entry; null when we made none. */
export function journalPosting(context: FlowContext, payoutId: string): Promise<Posting | null> {
  return postingOf(context, 'journal', { provider: PROVIDER, id: payoutId });
}

/**
 * Takes the journal entry of a payout back by its mirror, number `MLC-<payoutId>-R`, made of exactly the
 * lines that were sent: the payout bounced, or a person wants it. The original becomes `reversed`. Returns what became of it in words. Rejects
 * with ConnectorError.
 */
export async function mirrorJournal(
  job: BookingJob,
  { original, date, title, undo, follow }: ToMirror,
): Promise<string> {
  const { source, amount, key } = original;
  const name = `Takes back ${numberOf(source.id)}`;
  const lines = undo(linesInNote(original.note, amount.currency));
  if (lines.length < 2) throw new Error(`the note of journal posting ${key} does not say its lines`);
  const outcome = await bookEntry(job, {
    ...journalEntry(job, { number: mirrorNumberOf(source.id), name, lines }),
    ...aboutPayout(job, source.id, { kind: 'journal-reversal', earlier: await reversalOf(job, original) }),
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

const PROVIDER = 'gocardless';

/** Key of the posting that takes a payout's journal entry back. */
export async function mirrorKey(context: FlowContext, original: Posting): Promise<string> {
  const kind = 'journal-reversal';
  return aboutPayout(context, original.source.id, { kind, earlier: await reversalOf(context, original) }).key;
}

/** What every entry about a payout says. */
export function aboutPayout(
  context: FlowContext,
  payoutId: string,
  { kind, earlier }: { readonly kind: 'journal' | 'journal-reversal'; readonly earlier: Posting | null },
) {
  const source = { provider: PROVIDER, id: payoutId };
  const key = earlier?.key ?? newPostingKey(context, { kind, source, cycle: 1 });
  return { key, earlier, source, subject: payoutSubject(payoutId) };
}

/** What a payout's entry is found by in FreshBooks. */
export function numberOf(payoutId: string): string {
  return `MLC-${payoutId}`;
}

function mirrorNumberOf(payoutId: string): string {
  return `${numberOf(payoutId)}-R`;
}

/** The number of a posting's journal entry; null when it is none. */
export async function numberOfPosting(
  { store }: FlowContext,
  { kind, source, reversesKey }: Posting,
): Promise<string | null> {
  if (kind === 'journal') return numberOf(source.id);
  const reversed = reversesKey === null ? null : await store.postings.byKey(reversesKey);
  return reversed?.kind === 'journal' ? mirrorNumberOf(source.id) : null;
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

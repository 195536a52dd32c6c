import {
  type FlowContext,
  formatMoney,
  type InboundEvent,
  type JournalLine,
  payoutSubject,
  type Posting,
  postingKey,
  type Repositories,
} from '@mlc/core';
import { bookEntry, type EntryOutcome } from '../shared/book-entry.ts';
import type { EntryToBook } from '../shared/entry-to-book.ts';
import type { PayoutFacts } from './facts.ts';
import { journalAccounts, journalLines, linesInNote, mirroredLines, textOfLines } from './journal-lines.ts';

/**
 * By policy `payoutEntry: journal` a payout becomes one FreshBooks journal entry, once: it cannot be changed or deleted
 * there, and its number `MLC-<payoutId>` is what it is found by (freshbooks.md 3.7). A payout that is exchanged stands in
 * the currency it was collected in. Returns what became of it in words; null when nothing is to be booked. Rejects with
 * ConnectorError; a refusal by plan or scope is a review instead.
 */
export async function bookPayoutJournal(
  context: FlowContext,
  inbound: InboundEvent,
  facts: PayoutFacts,
): Promise<string | null> {
  const { payout, feesMinor, grossMinor, date } = facts;
  const { payoutEntry, gocardlessFees, accounts } = context.business.policy;
  if (payoutEntry !== 'journal') return null;
  const withFees = gocardlessFees !== 'expense' && feesMinor !== 0n;
  const lines = journalLines(payout, feesMinor, journalAccounts(accounts, withFees));
  if (lines.length === 0) return null;
  const outcome = await bookEntry(context, inbound, {
    ...journalEntry(context, { number: numberOf(payout.id), name: `GoCardless payout ${payout.id}`, lines }),
    ...aboutPayout(context, payout.id, 'journal'),
    kind: 'journal',
    amount: { minor: grossMinor, currency: payout.net.currency },
    date,
    title: titleOf(facts),
    reversesKey: null,
    eventId: inbound.id,
  });
  return wordsOf(outcome, 'booked as journal entry');
}

/** A journal entry of ours that is to be taken back, and why. */
export interface ToMirror {
  /** The posting of the entry, kind `journal`. */
  readonly original: Posting;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** How the note begins: why. */
  readonly title: string;
  /** Runs in the transaction that records it. */
  readonly follow?: (tx: Repositories) => Promise<void>;
}

/** The posting of a payout's journal entry; null when we made none. */
export function journalPosting(context: FlowContext, payoutId: string): Promise<Posting | null> {
  return context.store.postings.byKey(keyOf(context, payoutId, 'journal'));
}

/**
 * Takes the journal entry of a payout back by its mirror, number `MLC-<payoutId>-R`, of exactly the lines that were sent:
 * the payout bounced, or a person wants it. The original becomes `reversed`. Returns what became of it in words. Rejects
 * with ConnectorError.
 */
export async function mirrorJournal(
  context: FlowContext,
  inbound: Pick<InboundEvent, 'id' | 'correlationId'>,
  { original, date, title, follow }: ToMirror,
): Promise<string> {
  const { source, amount, key } = original;
  const number = numberOf(source.id);
  const lines = mirroredLines(linesInNote(original.note, amount.currency));
  if (lines.length < 2) throw new Error(`the note of journal posting ${key} does not say its lines`);
  const outcome = await bookEntry(context, inbound, {
    ...journalEntry(context, { number: `${number}-R`, name: `Takes back ${number}`, lines }),
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
  return postingKey(sha256, { businessId: business.id, kind, provider: 'gocardless', sourceId, cycle: 1 });
}

function aboutPayout(context: FlowContext, payoutId: string, kind: 'journal' | 'journal-reversal') {
  const source = { provider: 'gocardless', id: payoutId };
  return { key: keyOf(context, payoutId, kind), source, cycle: 1, subject: payoutSubject(payoutId) };
}

function numberOf(payoutId: string): string {
  return `MLC-${payoutId}`;
}

function journalEntry(
  { books }: FlowContext,
  { number, name, lines }: { number: string; name: string; lines: readonly JournalLine[] },
): Pick<EntryToBook, 'scope' | 'operation' | 'kept' | 'find' | 'prepare'> {
  return {
    scope: 'journal_entries',
    operation: 'createJournalEntry',
    kept: textOfLines(lines),
    find: () => books.findJournalEntry(number),
    prepare: () =>
      Promise.resolve(({ date, note }) =>
        books.createJournalEntry({ number, name, description: note, date, lines }),
      ),
  };
}

/** All sums, so that the entry explains itself. */
function titleOf({ payout, feesMinor, grossMinor, taxMinor }: PayoutFacts): string {
  const { currency } = payout.net;
  const money = (minor: bigint): string => formatMoney({ minor, currency });
  const tax = taxMinor === 0n ? '' : `, tax ${money(taxMinor)} inside`;
  const sums = `${money(grossMinor)} less fees ${money(feesMinor)}${tax}`;
  const { exchange } = payout;
  const arrived = exchange?.amountMinor ?? null;
  const exchanged =
    exchange === null || arrived === null
      ? ''
      : `, exchanged to ${formatMoney({ minor: arrived, currency: exchange.currency })}`;
  return `GoCardless payout ${payout.id}: ${sums}${exchanged}`;
}

function wordsOf(outcome: EntryOutcome, done: string): string {
  switch (outcome.kind) {
    case 'booked':
      return `${done} ${outcome.id}`;
    case 'there':
      return `${done} ${outcome.posting.externalId ?? ''} before (${outcome.posting.state})`;
    case 'asked':
      return outcome.why;
  }
}

import {
  ConnectorError,
  type Effect,
  formatMoney,
  LOCKED_MONTHS_MAX,
  type Money,
  opens,
  type Posting,
  SCOPE_MISSING,
  settles,
  step,
  type Subject,
} from '@mlc/core';
import { record } from '../running/record.ts';
import { enter, type InBooks, recordRefused } from './enter.ts';
import { type BookedEntry, type BookingJob, type Entry, keptNote, noteOf, type Sent } from './entry.ts';
import { askForScope, type BookScope, runsRefusedAgain } from './missing-scope.ts';

/** An entry that belongs to no invoice: an expense, a journal entry, or the mirror of one. */
export interface EntryToBook {
  readonly key: string;
  /** Its posting, as it stands here already. */
  readonly earlier: Posting | null;
  readonly kind: 'fee' | 'journal' | 'reversal';
  readonly source: Posting['source'];
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
  /** Further effects of it. */
  readonly follow?: readonly Effect[];
  /** In words: `createExpense`. */
  readonly operation: string;
  /** Looks for it in the books, where an attempt with this date would have put it. */
  readonly find: (date: string) => Promise<BookedEntry | null>;
  /** Finds out what the call needs and answers with the call. */
  readonly prepare: () => Promise<(sent: Sent) => Promise<BookedEntry>>;
}

/** What became of it. `asked`: a person has to do something first, and nothing was booked. */
export type EntryOutcome =
  | { readonly kind: 'booked'; readonly id: string; readonly date: string }
  | { readonly kind: 'there'; readonly posting: Posting }
  | { readonly kind: 'asked'; readonly why: string };

/**
 * Enters it once and records that at once. A refusal by plan or scope and a period that FreshBooks keeps closed become questions;
 * every other failure is thrown.
 */
export async function bookEntry(job: BookingJob, toBook: EntryToBook): Promise<EntryOutcome> {
  const { earlier } = toBook;
  if (earlier?.state === 'posted' || earlier?.state === 'reversed')
    return { kind: 'there', posting: earlier };
  const on = earlier?.date ?? (await job.store.periods.firstOpenDate(toBook.date));
  const entry = entryOf(toBook, on);
  try {
    const entered = await enter(job, entry, earlier);
    if (entered.kind === 'locked') return { kind: 'asked', why: await askForPeriod(job, toBook) };
    await record(job, effectsOf(job, toBook, entered));
    return { kind: 'booked', id: entered.booked.id, date: entered.date };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== SCOPE_MISSING) throw error;
    await recordRefused(job, entry);
    return { kind: 'asked', why: await askForScope(job, { entry: toBook, refusal: error }) };
  }
}

/** `on`: the day an attempt before would have put it on, or this one will. */
function entryOf(toBook: EntryToBook, on: string) {
  const { key, kind, source, reversesKey, eventId, amount, date, title, operation } = toBook;
  const about = { source, invoiceId: null, invoiceNumber: null };
  const posting = { key, kind, ...about, cycle: 1, amount, reversesKey, eventId };
  const named = { as: 'of' as const, date };
  const what = `book ${formatMoney(amount)} in FreshBooks: ${title}`;
  const sent = noteOf({ posting, title, date, named }, { wanted: date, isMoved: on !== date });
  return {
    posting,
    invoiceNumber: () => Promise.resolve(null),
    date,
    named,
    title,
    ...(toBook.kept === undefined ? {} : { kept: toBook.kept }),
    operation,
    months: LOCKED_MONTHS_MAX,
    intended: (day, isNew) => ({
      action: `${kind}.${isNew ? 'intended' : 'tried-again'}`,
      subject: toBook.subject,
      details: { ...moneyOf(toBook), date: day, ...(day === date ? {} : { belongsTo: date }) },
    }),
    write: () => Promise.resolve({ kind, what, ...about, amount, date: on }),
    look: async () => {
      const booked = await toBook.find(on);
      return booked === null ? null : { booked, key, date: on, note: keptNote(toBook, sent) };
    },
    prepare: toBook.prepare,
  } satisfies Entry;
}

function moneyOf({ key, amount }: EntryToBook) {
  return { key, amountMinor: amount.minor, currency: amount.currency };
}

async function askForPeriod(job: BookingJob, { subject, amount, title, date }: EntryToBook): Promise<string> {
  const why = `FreshBooks' books are closed from ${date} on, ${LOCKED_MONTHS_MAX} months were tried`;
  const reasons = [
    `${title} of ${formatMoney(amount)} could not be booked: ${why}.`,
    'Open a period in FreshBooks and resolve this with retry, or enter it by hand and resolve it with done.',
  ];
  const review = { kind: 'period_locked' as const, subject, amount, reasons, candidates: [] };
  await record(job, [opens({ ...review, eventId: job.event.id })]);
  return `review period_locked: ${why}`;
}

function effectsOf({ event }: BookingJob, toBook: EntryToBook, entered: InBooks<BookedEntry>): Effect[] {
  const { kind, subject, scope, follow = [] } = toBook;
  const { booked, date, row } = entered;
  const id = { [scope === 'expenses' ? 'expenseId' : 'journalEntryId']: booked.id };
  const audit = step('rows', (tx) =>
    tx.audit.append({
      actor: 'system',
      action: `${kind}.booked`,
      subject,
      correlationId: event.correlationId,
      details: { ...moneyOf(toBook), ...id, date },
    }),
  );
  const over = settles(['period_locked'], subject, `booked on ${date}`);
  return [row, audit, ...follow, over, runsRefusedAgain(event, toBook)];
}

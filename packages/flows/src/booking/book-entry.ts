import {
  ConnectorError,
  dateAfterLock,
  type FlowContext,
  formatMoney,
  LOCKED_MONTHS_MAX,
  PERIOD_LOCKED,
  type Posting,
  type ProviderWrite,
  SCOPE_MISSING,
} from '@mlc/core';
import {
  type BookedEntry,
  type EntryToBook,
  intentOf,
  keptNote,
  noteOf,
  type Sent,
} from './entry-to-book.ts';
import { requireLive } from '../running/go-live.ts';
import { askForScope, type BookingJob, runRefusedAgain } from './missing-scope.ts';
import { secondLookAt, waitOutSettling } from './unclear-outcome.ts';

/** What became of it. `asked`: a person has to do something first, and nothing was booked. */
export type EntryOutcome =
  | { readonly kind: 'booked'; readonly id: string; readonly date: string }
  | { readonly kind: 'there'; readonly posting: Posting }
  | { readonly kind: 'asked'; readonly why: string };

/**
 * Design section 8 for what belongs to no invoice: intent, look, call, record. A refusal by plan or scope and a period
 * that FreshBooks keeps closed become questions; every other failure is thrown.
 */
export async function bookEntry(job: BookingJob, entry: EntryToBook): Promise<EntryOutcome> {
  const earlier = await job.store.postings.byKey(entry.key);
  if (earlier?.state === 'posted' || earlier?.state === 'reversed')
    return { kind: 'there', posting: earlier };
  if (earlier?.calledAt != null) waitOutSettling(job, entry.operation, earlier.calledAt);
  try {
    const date = earlier?.date ?? (await job.store.periods.firstOpenDate(entry.date));
    const found = await entry.find(date);
    if (found !== null) return await record(job, { entry, booked: found, date, earlier });
    requireLive(job, writeOf(entry, date));
    const send = await entry.prepare();
    return await sendUntilTaken(job, { entry, send, earlier });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== SCOPE_MISSING) throw error;
    await refuse(job, entry);
    return { kind: 'asked', why: await askForScope(job, { entry, refusal: error }) };
  }
}

function writeOf({ kind, title, source, amount }: EntryToBook, date: string): ProviderWrite {
  const what = `book ${formatMoney(amount)} in FreshBooks: ${title}`;
  return { kind, what, invoiceId: null, invoiceNumber: null, source, amount, date };
}

interface Sending {
  readonly entry: EntryToBook;
  readonly send: (posting: Sent) => Promise<BookedEntry>;
  /** The posting as an earlier attempt left it. */
  readonly earlier: Posting | null;
}

/** One call; while FreshBooks answers that the month is closed there, another one for the month after. */
async function sendUntilTaken(job: BookingJob, { entry, send, earlier }: Sending): Promise<EntryOutcome> {
  let wanted = entry.date;
  for (let month = 0; month < LOCKED_MONTHS_MAX; month += 1) {
    const posting = await recordIntent(job, { entry, wanted });
    const booked = await sendOnce(job, entry, () => send(posting));
    if (booked !== 'locked') return record(job, { entry, booked, date: posting.date, earlier });
    wanted = dateAfterLock(posting.date);
  }
  await refuse(job, entry);
  return { kind: 'asked', why: await askForPeriod(job, entry) };
}

/** A clear refusal means that nothing has to be looked for; after an unclear outcome the moment of the call stays. */
async function sendOnce(
  context: FlowContext,
  { key }: EntryToBook,
  send: () => Promise<BookedEntry>,
): Promise<BookedEntry | 'locked'> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.reason === PERIOD_LOCKED) return 'locked';
    if (error.kind !== 'outcome-unknown') {
      const refused = error.kind === 'rejected' ? { state: 'rejected' as const } : {};
      await context.store.transaction((tx) => tx.postings.update(key, { calledAt: null, ...refused }));
    }
    throw error;
  }
}

async function recordIntent(
  job: BookingJob,
  { entry, wanted }: { entry: EntryToBook; wanted: string },
): Promise<Sent> {
  return job.store.transaction(async (tx) => {
    const date = await tx.periods.firstOpenDate(wanted);
    const sent = { date, note: noteOf(entry, { date, wanted }) };
    const note = keptNote(entry, sent.note);
    const calledAt = job.clock.now();
    const inserted = await tx.postings.put(intentOf(entry, sent), { state: 'intent', calledAt, date, note });
    await tx.audit.append({
      actor: 'system',
      action: `${entry.kind}.${inserted ? 'intended' : 'tried-again'}`,
      subject: entry.subject,
      correlationId: job.event.correlationId,
      details: {
        key: entry.key,
        amountMinor: entry.amount.minor,
        currency: entry.amount.currency,
        date,
        ...(date === entry.date ? {} : { belongsTo: entry.date }),
      },
    });
    return sent;
  });
}

/** Nothing is in the books, and nothing will come by itself. */
function refuse(context: FlowContext, entry: EntryToBook): Promise<void> {
  return context.store.transaction(async (tx) => {
    const date = await tx.periods.firstOpenDate(entry.date);
    const intent = intentOf(entry, { date, note: noteOf(entry, { date, wanted: entry.date }) });
    await tx.postings.put(intent, { state: 'rejected', calledAt: null });
  });
}

async function askForPeriod(job: BookingJob, entry: EntryToBook): Promise<string> {
  const why = `FreshBooks' books are closed from ${entry.date} on, ${LOCKED_MONTHS_MAX} months were tried`;
  await job.store.transaction((tx) =>
    tx.reviews.open({
      kind: 'period_locked',
      subject: entry.subject,
      amount: entry.amount,
      reasons: [
        `${entry.title} of ${formatMoney(entry.amount)} could not be booked: ${why}.`,
        'Open a period in FreshBooks and resolve this with retry, or enter it by hand and resolve it with done.',
      ],
      candidates: [],
      eventId: job.event.id,
    }),
  );
  return `review period_locked: ${why}`;
}

async function record(
  job: BookingJob,
  { entry, booked, date, earlier }: Omit<Sending, 'send'> & { booked: BookedEntry; date: string },
): Promise<EntryOutcome> {
  await job.store.transaction(async (tx) => {
    // Found in the books though not known here (a store restored from a backup): it gets its row.
    const intent = intentOf(entry, { date, note: noteOf(entry, { date, wanted: entry.date }) });
    const recheckAt = secondLookAt(job, earlier);
    await tx.postings.put(intent, { state: 'posted', externalId: booked.id, recheckAt });
    if (entry.reversesKey !== null) await tx.postings.update(entry.reversesKey, { state: 'reversed' });
    await tx.audit.append({
      actor: 'system',
      action: `${entry.kind}.booked`,
      subject: entry.subject,
      correlationId: job.event.correlationId,
      details: {
        key: entry.key,
        [entry.scope === 'expenses' ? 'expenseId' : 'journalEntryId']: booked.id,
        amountMinor: entry.amount.minor,
        currency: entry.amount.currency,
        date,
      },
    });
    await tx.reviews.settle(['period_locked'], entry.subject, `booked on ${date}`);
    await entry.follow?.(tx);
    await runRefusedAgain(tx, job.event, entry);
  });
  return { kind: 'booked', id: booked.id, date };
}

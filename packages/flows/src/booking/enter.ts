import {
  ConnectorError,
  dateAfterLock,
  PERIOD_LOCKED,
  type Posting,
  type Repositories,
  type Step,
  step,
} from '@mlc/core';
import { requireLive } from '../running/go-live.ts';
import {
  type BookedEntry,
  type BookingJob,
  type Entry,
  keptNote,
  noteOf,
  type Sent,
  type Standing,
} from './entry.ts';
import { secondLookAt, waitOutSettling } from './unclear-outcome.ts';

/** It is in the books; `row` records that, with the end of what it takes back. */
export interface InBooks<Booked extends BookedEntry> extends Standing<Booked> {
  readonly kind: 'entered';
  /** True when it stood there already. */
  readonly isFound: boolean;
  readonly row: Step;
}

/** What became of an entry. `locked`: FreshBooks keeps every month closed that was tried; nothing was booked, as with a stop. */
export type Entered<Booked extends BookedEntry, Stop = never> =
  InBooks<Booked> | { readonly kind: 'locked'; readonly refusal: ConnectorError } | Stop;

/**
 * Design section 8, whatever is entered: look, intent, call; the caller records `row` with what else comes of it. `earlier` is the
 * posting as an attempt before left it: a call of it that may still be carried out is waited for, and looked for once more later.
 * Nothing is intended while the business observes. Rejects with ConnectorError.
 */
export async function enter<Booked extends BookedEntry, Stop = never>(
  job: BookingJob,
  entry: Entry<Booked, Stop>,
  earlier: Posting | null,
): Promise<Entered<Booked, Stop>> {
  if (earlier?.calledAt != null) waitOutSettling(job, entry.operation, earlier.calledAt);
  const found = (await entry.look?.()) ?? null;
  if (found !== null) return inBooks(job, { entry, earlier, standing: found, isFound: true });
  const stop = (await entry.stop?.()) ?? null;
  if (stop !== null) return stop;
  requireLive(job, await entry.write());
  return sendUntilTaken(job, { entry, earlier, call: await entry.prepare() });
}

interface Sending<Booked extends BookedEntry, Stop> {
  readonly entry: Entry<Booked, Stop>;
  readonly earlier: Posting | null;
  readonly call: (sent: Sent) => Promise<Booked>;
}

/** One call; while FreshBooks answers that the month is closed there, another one for the month after. */
async function sendUntilTaken<Booked extends BookedEntry, Stop>(
  job: BookingJob,
  { entry, earlier, call }: Sending<Booked, Stop>,
): Promise<Entered<Booked, Stop>> {
  let wanted = entry.date;
  for (let month = 1; ; month += 1) {
    const sent = await recordIntent(job, entry, wanted);
    const booked = await sendOnce(job, entry.posting.key, () => call(sent));
    if (!(booked instanceof ConnectorError)) {
      const standing = { booked, key: entry.posting.key, date: sent.date, note: keptNote(entry, sent.note) };
      return inBooks(job, { entry, earlier, standing, isFound: false });
    }
    if (month >= entry.months) {
      await recordRefused(job, entry);
      return { kind: 'locked', refusal: booked };
    }
    wanted = dateAfterLock(sent.date);
  }
}

/** A clear refusal means that nothing has to be looked for; after an unclear outcome the moment of the call stays. */
async function sendOnce<Booked>(
  job: BookingJob,
  key: string,
  send: () => Promise<Booked>,
): Promise<Booked | ConnectorError> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.reason === PERIOD_LOCKED) return error;
    if (error.kind !== 'outcome-unknown') {
      const refused = error.kind === 'rejected' ? { state: 'rejected' as const } : {};
      await job.store.transaction((tx) => tx.postings.update(key, { calledAt: null, ...refused }));
    }
    throw error;
  }
}

async function recordIntent<Booked extends BookedEntry, Stop>(
  job: BookingJob,
  entry: Entry<Booked, Stop>,
  wanted: string,
): Promise<Sent> {
  const invoiceNumber = await entry.invoiceNumber();
  return job.store.transaction(async (tx) => {
    const sent = await datedIn(tx, entry, wanted);
    const kept = { date: sent.date, note: keptNote(entry, sent.note) };
    const changes = { state: 'intent' as const, calledAt: job.clock.now(), ...kept };
    const isNew = await tx.postings.put({ ...entry.posting, invoiceNumber, ...kept }, changes);
    const { correlationId } = job.event;
    if (entry.intended !== null)
      await tx.audit.append({ actor: 'system', correlationId, ...entry.intended(sent.date, isNew) });
    return sent;
  });
}

/** In the first open month; a date that moved keeps the day it belongs to in the note. */
async function datedIn<Booked extends BookedEntry, Stop>(
  { periods }: Pick<Repositories, 'periods'>,
  entry: Entry<Booked, Stop>,
  wanted: string,
): Promise<Sent> {
  const date = await periods.firstOpenDate(wanted);
  const { named } = entry;
  const isMoved =
    named.date === entry.date
      ? date !== entry.date
      : (await periods.firstOpenDate(named.date)) !== named.date;
  return { date, note: noteOf(entry, { wanted, isMoved }) };
}

/** Nothing is in the books, and nothing will come by itself. */
export async function recordRefused<Booked extends BookedEntry, Stop>(
  job: BookingJob,
  entry: Entry<Booked, Stop>,
): Promise<void> {
  const invoiceNumber = await entry.invoiceNumber();
  await job.store.transaction(async (tx) => {
    const { date, note } = await datedIn(tx, entry, entry.date);
    const row = { ...entry.posting, invoiceNumber, date, note: keptNote(entry, note) };
    await tx.postings.put(row, { state: 'rejected', calledAt: null });
  });
}

interface Done<Booked extends BookedEntry, Stop> {
  readonly entry: Entry<Booked, Stop>;
  readonly earlier: Posting | null;
  readonly standing: Standing<Booked>;
  readonly isFound: boolean;
}

async function inBooks<Booked extends BookedEntry, Stop>(
  job: BookingJob,
  { entry, earlier, standing, isFound }: Done<Booked, Stop>,
): Promise<InBooks<Booked>> {
  const { key, date, note, booked } = standing;
  const invoiceNumber = isFound && earlier === null ? await entry.invoiceNumber() : null;
  const recheckAt = secondLookAt(job, earlier);
  const row = step('postings', async (tx) => {
    const { reversesKey } = entry.posting;
    const changes = { state: 'posted', externalId: booked.id, recheckAt } as const;
    if (isFound) await tx.postings.put({ ...entry.posting, key, invoiceNumber, date, note }, changes);
    else await tx.postings.update(key, changes);
    if (reversesKey !== null) await tx.postings.update(reversesKey, { state: 'reversed' });
  });
  return { kind: 'entered', ...standing, isFound, row };
}

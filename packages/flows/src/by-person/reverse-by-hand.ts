import {
  byHandNote,
  ConnectorError,
  dateIn,
  type FlowContext,
  keyInNote,
  isByHand,
  PERIOD_LOCKED,
  type Posting,
  type Repositories,
} from '@mlc/core';
import { mirrorJournal, mirrorKey } from '../booking/journal-entries.ts';
import { mirroredLines } from '../booking/journal-lines.ts';
import { postingLock } from '../running/locks.ts';
import { newPostingKey, reversalOf } from '../booking/posting-keys.ts';
import { invoiceSubject, sourceSubject } from '../running/subjects.ts';
import { recordMoneyAside } from './money-aside.ts';
import { ReversalRefusedError } from './reversible.ts';
import { reversiblePosting } from './reversible.ts';

/** A person's wish to take back something we booked. */
export interface ReversalWish {
  /** The posting's key. */
  readonly key: string;
  /** Why, in the person's words; kept in the books' own record and the audit log. */
  readonly note: string;
  /** The person's user name, or `cli`. */
  readonly by: string;
}

/**
 * Takes a posting of ours back, in FreshBooks and in the own ledger, dated in the open period, and returns the reversal: a
 * payment is deleted and its money asked about (`unmatched_payment`), the expense of a fee is deleted (the provider did
 * take the fee, so the ledger stays), a journal entry gets its mirror. Asking again after a failure goes on where it
 * stopped.
 * @throws ReversalRefusedError for what is not ours to take back; LockBusyError while a flow works on it; ConnectorError.
 */
export async function reverseByHand(context: FlowContext, wish: ReversalWish): Promise<Posting> {
  refuseWhileObserving(context);
  const found = await reversiblePosting(context, wish.key);
  return context.locks.withLock(postingLock(context, found), async () => {
    const posting = await reversiblePosting(context, wish.key);
    if (posting.kind === 'journal') return reverseJournal(context, wish, posting);
    const reversal = await recordIntent(context, wish, posting);
    await remove(context, { posting, reversal });
    await record(context, wish, { posting, reversal });
    return reread(context, reversal.key);
  });
}

/** There is no event that could wait for go-live in the person's place. */
function refuseWhileObserving({ business: { slug, policy } }: FlowContext): void {
  if (policy.mode === 'live') return;
  throw new ReversalRefusedError(
    `${slug} observes: nothing is written in FreshBooks. Let it write with mlc go-live --business ${slug}, then run this again`,
  );
}

async function recordIntent(
  context: FlowContext,
  { note }: ReversalWish,
  posting: Posting,
): Promise<Posting> {
  const { key: reversesKey, kind, source, cycle, invoiceId, invoiceNumber, amount, eventId } = posting;
  const begun = await reversalOf(context, posting, isByHand);
  const key = begun?.key ?? newPostingKey(context, { kind: `${kind}-reversal-by-hand`, source, cycle });
  await context.store.transaction(async (tx) => {
    const date = await tx.periods.firstOpenDate(today(context));
    const isOpen = (await tx.periods.firstOpenDate(posting.date)) === posting.date;
    const closed = isOpen ? '' : ` · booked ${posting.date}, that month is closed`;
    const said = { date, note: `${byHandNote(note)} · ${keyInNote(key)}${closed}` };
    const about = { invoiceId, invoiceNumber, source, cycle, amount, reversesKey, eventId };
    const changes = { state: 'intent' as const, calledAt: context.clock.now(), ...said };
    await tx.postings.put({ key, kind: 'reversal', ...about, ...said }, changes);
  });
  return reread(context, key);
}

function today({ business, clock }: FlowContext): string {
  return dateIn(business.timezone, clock.now());
}

async function reread({ store }: FlowContext, key: string): Promise<Posting> {
  const posting = await store.postings.byKey(key);
  if (posting === null) throw new Error(`posting ${key} is gone`);
  return posting;
}

interface Reversing {
  readonly posting: Posting;
  readonly reversal: Posting;
}

/** Both calls may be repeated: what is deleted already stays so. */
async function remove(context: FlowContext, { posting, reversal }: Reversing): Promise<void> {
  const id = posting.externalId ?? '';
  try {
    await (posting.kind === 'fee' ? context.books.deleteExpense(id) : context.books.deletePayment(id));
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
    await context.store.transaction((tx) =>
      tx.postings.update(reversal.key, { state: 'rejected', calledAt: null }),
    );
    if (error.reason !== PERIOD_LOCKED) throw error;
    throw new ReversalRefusedError(
      `FreshBooks keeps the month of ${posting.date} closed: open it there, then run this again`,
      { cause: error },
    );
  }
}

function record(context: FlowContext, wish: ReversalWish, { posting, reversal }: Reversing): Promise<void> {
  return context.store.transaction(async (tx) => {
    await tx.postings.update(reversal.key, { state: 'posted', externalId: posting.externalId });
    await tx.postings.update(posting.key, { state: 'reversed' });
    // The ledger before the audit log, as who books a payout takes them.
    if (posting.kind === 'payment')
      await recordMoneyAside(context, tx, { posting, reversal, today: today(context) });
    await audit(tx, wish, { posting, reversal });
  });
}

async function audit(
  tx: Repositories,
  { note, by }: ReversalWish,
  { posting, reversal }: { posting: Posting; reversal: Pick<Posting, 'key' | 'date'> },
): Promise<void> {
  const { invoiceId, source, kind, externalId, amount } = posting;
  const event = await tx.events.get(posting.eventId);
  await tx.audit.append({
    actor: by,
    action: 'posting.reversed-by-hand',
    subject: invoiceId === null ? { ...source, type: kind } : invoiceSubject(invoiceId),
    correlationId: event?.correlationId ?? null,
    details: {
      key: reversal.key,
      reverses: posting.key,
      kind,
      note,
      externalId,
      sourceId: sourceSubject(source).id,
      amountMinor: amount.minor,
      currency: amount.currency,
      date: reversal.date,
    },
  });
}

/** It cannot be deleted in FreshBooks (freshbooks.md 3.7). */
async function reverseJournal(context: FlowContext, wish: ReversalWish, original: Posting): Promise<Posting> {
  const event = await context.store.events.get(original.eventId);
  const key = await mirrorKey(context, original);
  const date = today(context);
  const job = { ...context, event: { id: original.eventId, correlationId: event?.correlationId ?? '' } };
  const said = await mirrorJournal(job, {
    original,
    date,
    title: byHandNote(wish.note),
    undo: mirroredLines,
    follow: (tx) => audit(tx, wish, { posting: original, reversal: { key, date } }),
  });
  const mirror = await reread(context, key);
  if (mirror.state !== 'posted') throw new ReversalRefusedError(`posting ${original.key} stays: ${said}`);
  return mirror;
}

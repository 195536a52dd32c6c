import {
  byHandNote,
  dateIn,
  type Effect,
  type FlowContext,
  isByHand,
  type Posting,
  type Repositories,
  step,
} from '@mlc/core';
import { enter } from '../booking/enter.ts';
import type { BookingJob } from '../booking/entry.ts';
import { mirrorJournal, mirrorKey } from '../booking/journal-entries.ts';
import { mirroredLines } from '../booking/journal-lines.ts';
import { newPostingKey, reversalOf } from '../booking/posting-keys.ts';
import { takeBackEntry } from '../booking/take-back.ts';
import { postingLock } from '../running/locks.ts';
import { record } from '../running/record.ts';
import { invoiceSubject, sourceSubject } from '../running/subjects.ts';
import { moneyAside } from './money-aside.ts';
import { ReversalRefusedError, reversiblePosting } from './reversible.ts';

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
    return takeBack(jobOf(context, posting), wish, posting);
  });
}

/** There is no event that could wait for go-live in the person's place. */
function refuseWhileObserving({ business: { slug, policy } }: FlowContext): void {
  if (policy.mode === 'live') return;
  throw new ReversalRefusedError(
    `${slug} observes: nothing is written in FreshBooks. Let it write with mlc go-live --business ${slug}, then run this again`,
  );
}

/** In the name of the event that booked it. */
function jobOf(context: FlowContext, { eventId }: Posting): BookingJob {
  return { ...context, event: { id: eventId, correlationId: '' } };
}

async function takeBack(job: BookingJob, wish: ReversalWish, posting: Posting): Promise<Posting> {
  const { kind, source, cycle } = posting;
  const begun = await reversalOf(job, posting, isByHand);
  const key = begun?.key ?? newPostingKey(job, { kind: `${kind}-reversal-by-hand`, source, cycle });
  const toTakeBack = { posting, key, date: today(job), title: byHandNote(wish.note), intended: null };
  const reversal = await enter(job, takeBackEntry(job, toTakeBack), null);
  if (reversal.kind === 'locked') {
    const why = `FreshBooks keeps the month of ${posting.date} closed: open it there, then run this again`;
    throw new ReversalRefusedError(why, { cause: reversal.refusal });
  }
  const money = kind === 'payment' ? moneyAside(job, { posting, reversal, today: today(job) }) : [];
  await record(job, [reversal.row, ...money, saidBy(wish, posting, reversal)]);
  return reread(job, key);
}

function today({ business, clock }: FlowContext): string {
  return dateIn(business.timezone, clock.now());
}

async function reread({ store }: FlowContext, key: string): Promise<Posting> {
  const posting = await store.postings.byKey(key);
  if (posting === null) throw new Error(`posting ${key} is gone`);
  return posting;
}

/** The ledger comes before the audit log, as for who books a payout. */
function saidBy(wish: ReversalWish, posting: Posting, reversal: Pick<Posting, 'key' | 'date'>): Effect {
  return step('rows', (tx) => audit(tx, wish, { posting, reversal }));
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
    follow: [saidBy(wish, original, { key, date })],
  });
  const mirror = await reread(context, key);
  if (mirror.state !== 'posted') throw new ReversalRefusedError(`posting ${original.key} stays: ${said}`);
  return mirror;
}

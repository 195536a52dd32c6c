import {
  candidatesOf,
  isMatched,
  matchInvoice,
  settles,
  skipped,
  step,
  type Debit,
  type DomainEvent,
  type Flow,
  type FlowResult,
  type Job,
  type PaymentFacts,
} from '@mlc/core';
import { takenBackByHand, saidSince, leaveToPerson } from '../booking/by-hand.ts';
import { invoicesForDebit } from '../booking/find-invoices.ts';
import type { InTheBooks } from '../booking/in-the-books.ts';
import { lookForForeign, recordDebitFound, askAboutDebit } from '../debits/debit-in-books.ts';
import { followingOf } from '../debits/follow-debit.ts';
import { whyDebitOfOthers } from '../debits/whose.ts';
import { paymentFact } from '../ledger/in-ledger.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { orWaitForGoLive } from '../running/go-live.ts';
import { debitLock, invoiceLock } from '../running/locks.ts';
import { notForFlow } from '../running/not-for-flow.ts';
import { record } from '../running/record.ts';
import { debitSubject } from '../running/subjects.ts';
import { readDebit, type DebitNews } from './behind.ts';
import { askBesideOurs, lookAgainWithout, besideOthers } from './beside-others.ts';
import { type Led, bookDue, finishBooking } from './book-debit.ts';
import { withLedger, isOurs } from './debit-ledger.ts';
import { decideBooks, type BooksDecision } from './decide.ts';
import { withoutMoney, withEnd } from './end-of-debit.ts';
import { findTarget, type Target } from './find-invoice.ts';
import { askForeign } from './foreign.ts';
import { lossOfFound } from './loss-of-found.ts';
import { reversePayment } from './reverse.ts';
import { settleIntent } from './settle-intent.ts';

/** A debit that moved becomes a payment in the books, or takes one back (design section 5). */
export const paymentToFreshbooks: Flow = {
  name: 'payment-to-freshbooks',
  accepts: ({ kind }) => kind === 'debit-changed',
  run,
};

/** One inbound event of this flow: fetch the debit, find its invoice, move to what it is now. */
async function run(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind !== 'debit-changed') throw notForFlow(job.event, news);
  const followed = await job.store.collections.byPayment(news.debitId);
  const debit = followed === null ? await readDebit(job, news) : null;
  const target = debit === null ? null : await findTarget(job, debit);
  const theirs = debit === null || isCertain(target) ? null : await whyDebitOfOthers(job, debit);
  if (theirs !== null)
    return skipped('of-another-business', `payment ${news.debitId} is not ours: ${theirs}`);
  const invoiceId = followed?.invoiceId ?? target?.invoiceId;
  if (invoiceId !== undefined) return onInvoice(job, { ...news, invoiceId });
  return job.locks.withLock(debitLock(job, news.debitId), () => onForeign(job, news));
}

/** A person said so, or we follow it: whatever else it carries, it is ours. Metadata alone may leave the account out. */
function isCertain(target: Target | null): boolean {
  return target !== null && (target.collection !== null || target.origin === 'matched');
}

/** Everything is read again inside the lock: what was known before may have moved. */
function onInvoice(
  job: Job,
  { invoiceId, ...news }: DebitNews & { readonly invoiceId: string },
): Promise<FlowResult> {
  return job.locks.withLock(invoiceLock(job, invoiceId), async () => {
    const debit = await readDebit(job, news);
    const target = await findTarget(job, debit);
    if (target === null) return onForeign(job, news);
    return book(job, { debit, target });
  });
}

/** Rule 0 of design section 7 comes before any matching. */
async function onForeign(job: Job, news: DebitNews): Promise<FlowResult> {
  const debit = await readDebit(job, news);
  const decision = decideBooks({ status: debit.status, policy: job.business.policy, postings: [] });
  if (decision.kind !== 'post') {
    const asked = await askBesideOurs(job, debit);
    return asked ?? lookAgainWithout(job, debit, foreignNotDue(debit, decision));
  }
  const gathered = await invoicesForDebit(job, debit);
  const standing = await lookForForeign(job, { debit, cycle: decision.cycle }, gathered);
  switch (standing.kind) {
    case 'theirs':
      return recordDebitFound(job, { debit, payment: standing.payment });
    case 'ours':
      return bookLocked(job, { debit, target: oursBefore(standing) });
    case 'cannot-tell':
      return askAboutDebit(job, {
        debit,
        candidates: candidatesOf(matchInvoice(gathered.facts)),
      });
    case 'absent':
      return matchForeign(job, { debit, facts: gathered.facts });
  }
}

function foreignNotDue(debit: Debit, decision: BooksDecision): FlowResult {
  const reason = decision.kind === 'nothing' ? decision.reason : decision.kind;
  return {
    ...skipped('foreign-not-due', `not made here; ${reason}`),
    effects: withoutMoney(debit),
  };
}

/** Our own entry, that this store knows nothing of. */
function oursBefore({ payment: { invoiceId } }: Extract<InTheBooks, { kind: 'ours' }>): Target {
  const why = 'booked by us before, though not on record';
  return { invoiceId, collection: null, origin: 'matched', why, lookedFor: 'decided' };
}

/** Exact, or a person decides. */
function matchForeign(
  job: Job,
  { debit, facts }: { debit: Debit; facts: PaymentFacts },
): Promise<FlowResult> {
  const match = matchInvoice(facts);
  if (!isMatched(match)) return askForeign(job, { debit, match });
  const known = { collection: null, origin: 'matched', lookedFor: 'absent' } as const;
  const target: Target = { ...known, invoiceId: match.invoice.id, why: match.why };
  return bookLocked(job, { debit, target });
}

function bookLocked(job: Job, led: Led): Promise<FlowResult> {
  const lock = invoiceLock(job, led.target.invoiceId);
  return job.locks.withLock(lock, () => book(job, led));
}

async function book(job: Job, { debit, target }: Led): Promise<FlowResult> {
  // Where the debit is stands on record even when the books then refuse the entry.
  await record(job, [step('rows', await followingOf(job, { debit, target }))]);
  const about = { debit, invoiceId: target.invoiceId };
  const moved = await orWaitForGoLive(() => moveBooks(job, { debit, target }));
  const result = await withEnd(job, about, moved);
  return besideOthers(job, about, result);
}

async function moveBooks(job: Job, { debit, target }: Led): Promise<FlowResult> {
  const postings = await job.store.postings.ofSource('gocardless', debit.id);
  const money = debitMoney(debit);
  const reversal = takenBackByHand(postings);
  const said = reversal === null ? null : await saidSince(job, money.subject, reversal);
  const decision = decideBooks({
    status: debit.status,
    policy: job.business.policy,
    postings,
    isMatchedAgain: said?.kind === 'matched',
  });
  switch (decision.kind) {
    case 'nothing': {
      const lost = await lossOfFound(job, debit);
      if (lost !== null) return lost;
      return withLedger(job, { debit, postings }, nothingToBook({ debit, target }, decision.reason));
    }
    case 'leave-to-person': {
      const left = { said: said ?? { kind: 'nothing' as const }, reversal: decision.reversal, money };
      const result = await leaveToPerson(job, left);
      return withLedger(job, { debit, postings }, result);
    }
    case 'post':
      return bookDue(job, { debit, target, cycle: decision.cycle });
    case 'finish-post':
      return finishBooking(job, { debit, target, earlier: decision.posting });
    case 'settle-then-reverse': {
      const fact = paymentFact(job, money);
      const posting = await settleIntent(job, decision.posting, fact);
      if (posting === null)
        return { state: 'done', reason: `${debit.status} before it was booked`, effects: [] };
      return reversePayment(job, { debit, posting, because: decision.because });
    }
    case 'reverse': {
      const { posting, because } = decision;
      return reversePayment(job, { debit, posting, because });
    }
  }
}

/** The books are right already; a loss that was reversed before anybody answered needs no answer any more. */
function nothingToBook({ debit, target }: Led, reason: string): FlowResult {
  return {
    state: 'done',
    reason,
    details: { status: debit.status, why: target.why },
    effects: [
      ...withoutMoney(debit),
      ...(isOurs(debit)
        ? [settles(['late_failure', 'chargeback'], debitSubject(debit.id), `${debit.status} again`)]
        : []),
    ],
  };
}

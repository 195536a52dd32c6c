import {
  type Debit,
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  isMatched,
  type Repositories,
  skipped,
} from '@mlc/core';
import { bookPayment, type ToPost } from '../shared/book-payment.ts';
import { leaveToPerson, saidSince, takenBackByHand } from '../shared/by-hand.ts';
import { paymentFact } from '../shared/ledger.ts';
import { debitLock, invoiceLock } from '../shared/locks.ts';
import { stopOtherRail } from '../shared/other-rail.ts';
import { debitSubject } from '../shared/review.ts';
import { moneyOf } from '../shared/debit-money.ts';
import { decideBooks } from './decide.ts';
import { followingOf } from './follow-debit.ts';
import { findTarget, type Target } from './find-invoice.ts';
import { askForeign, matchForeign } from './foreign.ts';
import { isOurs, withLedger } from './debit-ledger.ts';
import { reversePayment } from './reverse.ts';
import { settleIntent } from './settle-intent.ts';

/** One inbound event of this flow: fetch the debit, find its invoice, move to what it is now. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind !== 'debit-changed') return skipped('nothing-to-show', `${event.kind} is not for this flow`);
  const { debitId } = event;
  const followed = await context.store.collections.byPayment(debitId);
  const debit = followed === null ? await context.debits.getDebit(debitId) : null;
  if (followed === null && debit === null) return noSuchPayment(debitId);
  const target = debit === null ? null : await findTarget(context, debit);
  const invoiceId = followed?.invoiceId ?? target?.invoiceId;
  if (invoiceId !== undefined) return onInvoice(context, inbound, { debitId, invoiceId });
  return context.locks.withLock(debitLock(context, debitId), () => onForeign(context, inbound, debitId));
}

function noSuchPayment(debitId: string): FlowResult {
  return skipped('nothing-to-show', `GoCardless has no payment ${debitId} (a test event?)`);
}

/** Everything is read again inside the lock: what was known before may have moved. */
function onInvoice(
  context: FlowContext,
  inbound: InboundEvent,
  { debitId, invoiceId }: { debitId: string; invoiceId: string },
): Promise<FlowResult> {
  return context.locks.withLock(invoiceLock(context, invoiceId), async () => {
    const debit = await context.debits.getDebit(debitId);
    if (debit === null) return noSuchPayment(debitId);
    const target = await findTarget(context, debit);
    if (target === null) return onForeign(context, inbound, debitId);
    return book(context, inbound, { debit, target });
  });
}

async function onForeign(context: FlowContext, inbound: InboundEvent, debitId: string): Promise<FlowResult> {
  const debit = await context.debits.getDebit(debitId);
  if (debit === null) return noSuchPayment(debitId);
  const decision = decideBooks({ status: debit.status, policy: context.business.policy, postings: [] });
  if (decision.kind === 'nothing') return skipped('foreign-not-due', `not made here; ${decision.reason}`);
  const match = await matchForeign(context, debit);
  if (!isMatched(match)) return askForeign(context, inbound, { debit, match });
  const target: Target = { invoiceId: match.invoice.id, collection: null, origin: 'matched', why: match.why };
  return context.locks.withLock(invoiceLock(context, match.invoice.id), () =>
    book(context, inbound, { debit, target }),
  );
}

async function book(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, target }: { debit: Debit; target: Target },
): Promise<FlowResult> {
  const follow = await followingOf(context, inbound, { debit, target });
  // Where the debit is stands on record even when the books then refuse the entry.
  await context.store.transaction(follow);
  return moveBooks(context, inbound, { debit, target, follow });
}

async function moveBooks(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, target, follow }: Moving,
): Promise<FlowResult> {
  const postings = await context.store.postings.ofSource('gocardless', debit.id);
  const money = moneyOf(debit);
  const reversal = takenBackByHand(postings);
  const said = reversal === null ? null : await saidSince(context, money.subject, reversal);
  const decision = decideBooks({
    status: debit.status,
    policy: context.business.policy,
    postings,
    isMatchedAgain: said?.kind === 'matched',
  });
  switch (decision.kind) {
    case 'nothing':
      return withLedger(
        context,
        inbound,
        { debit, postings },
        nothingToBook({ debit, target, follow }, decision.reason),
      );
    case 'leave-to-person': {
      const left = { said: said ?? { kind: 'nothing' as const }, reversal: decision.reversal, money };
      const result = await leaveToPerson(context, inbound, left);
      return withLedger(context, inbound, { debit, postings }, result);
    }
    case 'post': {
      const toPost = { money, invoiceId: target.invoiceId, cycle: decision.cycle, earlier: null };
      return bookMoney(context, inbound, { toPost, target, follow });
    }
    case 'finish-post': {
      const { posting: earlier } = decision;
      const invoiceId = earlier.invoiceId ?? target.invoiceId;
      const toPost = { money, invoiceId, cycle: earlier.cycle, earlier };
      return bookMoney(context, inbound, { toPost, target, follow });
    }
    case 'settle-then-reverse': {
      const fact = paymentFact(context, inbound, money);
      const posting = await settleIntent(context, decision.posting, fact);
      if (posting === null)
        return { state: 'done', reason: `${debit.status} before it was booked`, record: follow };
      const toReverse = { debit, posting, because: decision.because };
      return reversePayment(context, inbound, { toReverse, follow });
    }
    case 'reverse': {
      const { posting, because } = decision;
      return reversePayment(context, inbound, { toReverse: { debit, posting, because }, follow });
    }
  }
}

/**
 * Books it, and when nobody here asked for the debit, stops one of ours for the same invoice as if it had been paid by
 * PayPal (design sections 5 and 7). That comes before the outcome is recorded, so that a crash repeats both.
 */
async function bookMoney(
  context: FlowContext,
  inbound: InboundEvent,
  { toPost, target, follow }: Pick<Moving, 'target' | 'follow'> & { readonly toPost: ToPost },
): Promise<FlowResult> {
  const booked = await bookPayment(context, inbound, { toPost, follow });
  if (target.origin === 'ours' || booked.details?.['bookPaymentId'] === undefined) return booked;
  const { money, invoiceId } = toPost;
  const stopped = await stopOtherRail(context, inbound, { money, invoiceId });
  return {
    ...booked,
    record: async (tx) => {
      await booked.record?.(tx);
      await stopped?.(tx);
    },
  };
}

/** A debit, the invoice it pays, and how its collection is brought up to date. */
interface Moving {
  readonly debit: Debit;
  readonly target: Target;
  readonly follow: (tx: Repositories) => Promise<void>;
}

/** The books are right already; a loss that was reversed before anybody answered needs no answer any more. */
function nothingToBook({ debit, target, follow }: Moving, reason: string): FlowResult {
  return {
    state: 'done',
    reason,
    details: { status: debit.status, why: target.why },
    record: async (tx) => {
      await follow(tx);
      if (!isOurs(debit)) return;
      await tx.reviews.settle(
        ['late_failure', 'chargeback'],
        debitSubject(debit.id),
        `${debit.status} again`,
      );
    },
  };
}

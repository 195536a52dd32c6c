import {
  type Collection,
  type Debit,
  deriveKey,
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  isMatched,
  type Repositories,
  stateOfDebit,
} from '@mlc/core';
import { bookPayment } from '../shared/book-payment.ts';
import { leaveToPerson, saidSince, takenBackByHand } from '../shared/by-hand.ts';
import { paymentFact } from '../shared/ledger.ts';
import { debitLock, invoiceLock } from '../shared/locks.ts';
import { debitSubject } from '../shared/review.ts';
import { settlePayoutsOf } from '../shared/settle-payouts.ts';
import { asksToRetry, trackDebit } from '../shared/track-debit.ts';
import { moneyOf } from './debit-money.ts';
import { decideBooks } from './decide.ts';
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
  if (event.kind !== 'debit-changed')
    return { state: 'skipped', reason: `${event.kind} is not for this flow` };
  const { debitId } = event;
  const followed = await context.store.collections.byPayment(debitId);
  const debit = followed === null ? await context.debits.getDebit(debitId) : null;
  if (followed === null && debit === null) return noSuchPayment(debitId);
  const target = debit === null ? null : await findTarget(context, debit);
  const invoiceId = followed?.invoiceId ?? target?.invoiceId;
  if (invoiceId !== undefined) return onInvoice(context, inbound, { debitId, invoiceId });
  return context.locks.withLock(debitLock(context.business.id, debitId), () =>
    onForeign(context, inbound, debitId),
  );
}

function noSuchPayment(debitId: string): FlowResult {
  return { state: 'skipped', reason: `GoCardless has no payment ${debitId} (a test event?)` };
}

/** Everything is read again inside the lock: what was known before may have moved. */
function onInvoice(
  context: FlowContext,
  inbound: InboundEvent,
  { debitId, invoiceId }: { debitId: string; invoiceId: string },
): Promise<FlowResult> {
  return context.locks.withLock(invoiceLock(context.business.id, invoiceId), async () => {
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
  if (decision.kind === 'nothing') return { state: 'skipped', reason: `not made here; ${decision.reason}` };
  const match = await matchForeign(context, debit);
  if (!isMatched(match)) return askForeign(context, inbound, { debit, match });
  const target: Target = { invoiceId: match.invoice.id, collection: null, origin: 'matched', why: match.why };
  return context.locks.withLock(invoiceLock(context.business.id, match.invoice.id), () =>
    book(context, inbound, { debit, target }),
  );
}

async function book(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, target }: { debit: Debit; target: Target },
): Promise<FlowResult> {
  const willAttemptRetry = await asksToRetry(context, debit);
  const details = await invoiceDetails(context, target);
  const follow = (tx: Repositories): Promise<void> =>
    followDebit(context, tx, { inbound, debit, target, willAttemptRetry, details });
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
      const result = await leaveToPerson(context, inbound, { said: said ?? { kind: 'nothing' }, ...money });
      return withLedger(context, inbound, { debit, postings }, result);
    }
    case 'post': {
      const toPost = { money, invoiceId: target.invoiceId, cycle: decision.cycle, earlier: null };
      return bookPayment(context, inbound, { toPost, follow });
    }
    case 'finish-post': {
      const { posting: earlier } = decision;
      const invoiceId = earlier.invoiceId ?? target.invoiceId;
      const toPost = { money, invoiceId, cycle: earlier.cycle, earlier };
      return bookPayment(context, inbound, { toPost, follow });
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

/** Number and client of the invoice, for the row of a debit that is followed for the first time. */
async function invoiceDetails(
  context: FlowContext,
  target: Target,
): Promise<{ number: string; clientId: string }> {
  if (target.collection !== null)
    return { number: target.collection.invoiceNumber, clientId: target.collection.clientId };
  const invoice = await context.books.getInvoice(target.invoiceId);
  return { number: invoice?.number ?? '', clientId: invoice?.clientId ?? '' };
}

interface Followed {
  readonly inbound: InboundEvent;
  readonly debit: Debit;
  readonly target: Target;
  readonly willAttemptRetry: boolean;
  readonly details: { readonly number: string; readonly clientId: string };
}

/** Records where the debit is; one seen for the first time gets its collection row. */
async function followDebit(context: FlowContext, tx: Repositories, followed: Followed): Promise<void> {
  const { inbound, debit, target, willAttemptRetry } = followed;
  const followedAlready = await tx.collections.byPayment(debit.id);
  // Who books a payout takes the ledger before the audit log: so does who has to do with payouts here.
  if (followedAlready === null) await tx.ledger.ofSource(debitSubject(debit.id));
  const known = followedAlready ?? target.collection;
  const collection = known ?? (await startFollowing(context, tx, followed));
  await trackDebit(tx, collection, debit, { willAttemptRetry, correlationId: inbound.correlationId });
  if (followedAlready === null) await settlePayoutsOf(tx, debit.id);
}

async function startFollowing(
  context: FlowContext,
  tx: Repositories,
  { debit, target, willAttemptRetry, details }: Followed,
): Promise<Collection> {
  const attempt = ((await tx.collections.ofInvoice(target.invoiceId)).at(-1)?.attempt ?? 0) + 1;
  return tx.collections.insert({
    invoiceId: target.invoiceId,
    invoiceNumber: details.number,
    clientId: details.clientId,
    attempt,
    origin: target.origin,
    paymentId: debit.id,
    mandateId: debit.mandateId,
    amount: debit.amount,
    chargeDate: debit.chargeDate,
    state: stateOfDebit(debit.status),
    idempotencyKey: deriveKey(context.sha256, ['followed', context.business.id, debit.id]),
    scheduleId: debit.subscriptionId ?? debit.instalmentScheduleId,
    willAttemptRetry,
    calledAt: null,
    endedBy: null,
  });
}

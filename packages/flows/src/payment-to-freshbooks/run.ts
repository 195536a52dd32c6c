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
import { bookPayment, type MoneyIn } from '../shared/book-payment.ts';
import { debitLock, invoiceLock } from '../shared/locks.ts';
import { debitSubject } from '../shared/review.ts';
import { asksToRetry, trackDebit } from '../shared/track-debit.ts';
import { decideBooks } from './decide.ts';
import { findTarget, type Target } from './find-invoice.ts';
import { askForeign, matchForeign } from './foreign.ts';
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
  const postings = await context.store.postings.ofSource('gocardless', debit.id);
  const decision = decideBooks({ status: debit.status, policy: context.business.policy, postings });
  switch (decision.kind) {
    case 'nothing':
      return nothingToBook({ debit, why: target.why, reason: decision.reason, follow });
    case 'post': {
      const toPost = {
        money: moneyOf(debit),
        invoiceId: target.invoiceId,
        cycle: decision.cycle,
        earlier: null,
      };
      return bookPayment(context, inbound, { toPost, follow });
    }
    case 'finish-post': {
      const { posting } = decision;
      const toPost = {
        money: moneyOf(debit),
        invoiceId: posting.invoiceId ?? target.invoiceId,
        cycle: posting.cycle,
        earlier: posting,
      };
      return bookPayment(context, inbound, { toPost, follow });
    }
    case 'settle-then-reverse': {
      const posting = await settleIntent(context, decision.posting);
      if (posting === null)
        return { state: 'done', reason: `${debit.status} before it was booked`, record: follow };
      return reversePayment(context, inbound, {
        toReverse: { debit, posting, because: decision.because },
        follow,
      });
    }
    case 'reverse': {
      const { posting, because } = decision;
      return reversePayment(context, inbound, { toReverse: { debit, posting, because }, follow });
    }
  }
}

/** A debit as the books know money: dated by its charge date, of the type FreshBooks has for it (freshbooks.md 3.3). */
function moneyOf(debit: Debit): MoneyIn {
  return {
    provider: 'gocardless',
    id: debit.id,
    title: `GoCardless ${debit.id}`,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    date: debit.chargeDate ?? debit.createdAt.slice(0, 10),
    type: debit.amount.currency === 'USD' ? 'ACH' : 'Bank Transfer',
  };
}

/** The books are right already; a loss that was reversed before anybody answered needs no answer any more. */
function nothingToBook({
  debit,
  why,
  reason,
  follow,
}: {
  debit: Debit;
  why: string;
  reason: string;
  follow: (tx: Repositories) => Promise<void>;
}): FlowResult {
  const moneyIsOurs = debit.status === 'confirmed' || debit.status === 'paid_out';
  return {
    state: 'done',
    reason,
    details: { status: debit.status, why },
    record: async (tx) => {
      await follow(tx);
      if (!moneyIsOurs) return;
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
  const known = (await tx.collections.byPayment(debit.id)) ?? target.collection;
  const collection = known ?? (await startFollowing(context, tx, followed));
  await trackDebit(tx, collection, debit, { willAttemptRetry, correlationId: inbound.correlationId });
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

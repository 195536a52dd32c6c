import {
  type Collection,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
} from '@mlc/core';
import { inFlight, isWithdrawable, type KnownCollection, knownCollections } from '../shared/in-flight.ts';
import { invoiceLock } from '../shared/locks.ts';
import { ask, invoiceSubject } from '../shared/review.ts';
import { askTooLate, withdraw } from '../shared/withdraw.ts';
import { chooseAndCreate } from './choose-and-create.ts';
import { sendDebit } from './create-debit.ts';
import { decideExisting } from './decide.ts';
import { decideEligibility, type Eligibility } from './eligibility.ts';

/** Brings the collection of one invoice to where the invoice is now. */
export function collectInvoice(
  context: FlowContext,
  inbound: InboundEvent,
  invoiceId: string,
): Promise<FlowResult> {
  return context.locks.withLock(invoiceLock(context.business.id, invoiceId), async () => {
    const invoice = await context.books.getInvoice(invoiceId);
    const optOut = invoice === null ? null : await context.store.clients.optOut(invoiceId, invoice.clientId);
    const known = await knownCollections(context, invoiceId);
    const eligibility = decideEligibility({ invoice, policy: context.business.policy, optOut });
    if (invoice === null || eligibility.kind === 'leave') {
      return leaveInvoice(context, inbound, { invoiceId, eligibility, known });
    }
    return advance(context, inbound, { invoice, known });
  });
}

async function leaveInvoice(
  context: FlowContext,
  inbound: InboundEvent,
  {
    invoiceId,
    eligibility,
    known,
  }: { invoiceId: string; eligibility: Eligibility; known: readonly KnownCollection[] },
): Promise<FlowResult> {
  if (eligibility.kind === 'collect') throw new Error(`invoice ${invoiceId} is to be collected, not left`);
  const current = inFlight(known)?.collection;
  if (current === undefined || !isWithdrawable(current)) return left(invoiceId, eligibility.reason);
  const withdrawal = await withdraw(context, inbound, current);
  if (withdrawal.kind === 'too-late') {
    return askTooLate(context, inbound, {
      collection: current,
      kind: eligibility.tooLate,
      why: eligibility.reason,
    });
  }
  return left(invoiceId, `${eligibility.reason}; debit of attempt ${current.attempt} cancelled`);
}

function left(invoiceId: string, reason: string): FlowResult {
  return {
    state: 'skipped',
    reason,
    record: (tx) =>
      tx.reviews.settle(
        ['no_mandate', 'ambiguous_customer', 'currency_mismatch', 'mandate_limit'],
        invoiceSubject(invoiceId),
        reason,
      ),
  };
}

async function advance(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, known }: { invoice: Invoice; known: readonly KnownCollection[] },
): Promise<FlowResult> {
  const existing = decideExisting(known, invoice.outstanding);
  switch (existing.kind) {
    case 'free':
      return chooseAndCreate(context, inbound, {
        invoice,
        attempt: existing.nextAttempt,
        last: existing.last,
      });
    case 'resume':
      return resume(context, inbound, { invoice, collection: existing.collection });
    case 'enough':
      return enough(existing.collection);
    case 'replace':
      return replace(context, inbound, { invoice, collection: existing.collection });
    case 'too-late':
      return askTooLate(context, inbound, {
        collection: existing.collection,
        kind: 'amount_mismatch',
        why: `${formatMoney(invoice.outstanding)} is outstanding now`,
      });
    case 'taken-out':
      return askTakenOut(context, inbound, { invoice, collection: existing.collection });
  }
}

function enough(collection: Collection): FlowResult {
  const debit = collection.paymentId ?? `planned by ${collection.scheduleId ?? 'us'}`;
  return {
    state: 'done',
    reason: `already being collected: debit ${debit}, ${collection.state}`,
    record: (tx) =>
      tx.reviews.settle(['amount_mismatch'], invoiceSubject(collection.invoiceId), 'the amounts agree again'),
  };
}

/** An earlier run planned a debit; whether its call went out decides if it may still be changed. */
function resume(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, collection }: { invoice: Invoice; collection: Collection },
): Promise<FlowResult> {
  if (collection.calledAt !== null) return sendDebit(context, inbound, { collection, invoice });
  return chooseAndCreate(context, inbound, { invoice, attempt: collection.attempt, last: collection });
}

async function replace(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, collection }: { invoice: Invoice; collection: Collection },
): Promise<FlowResult> {
  const withdrawal = await withdraw(context, inbound, collection);
  if (withdrawal.kind === 'too-late') {
    const why = `${formatMoney(invoice.outstanding)} is outstanding now`;
    return askTooLate(context, inbound, { collection, kind: 'amount_mismatch', why });
  }
  const attempts = await context.store.collections.ofInvoice(invoice.id);
  const last = attempts.at(-1) ?? collection;
  return chooseAndCreate(context, inbound, { invoice, attempt: last.attempt + 1, last });
}

function askTakenOut(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, collection }: { invoice: Invoice; collection: Collection },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: 'double_payment_risk',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Debit ${collection.paymentId ?? ''} (${collection.state}) paid invoice ${invoice.number}, but its payment was removed ` +
        'from FreshBooks by hand. Collecting again would charge the client twice.',
    ],
  });
}

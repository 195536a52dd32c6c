import {
  type Capture,
  dateIn,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  isMatched,
  matchInvoice,
  type Repositories,
  type UnmatchedPayment,
} from '@mlc/core';
import { bookPayment, type MoneyIn } from '../shared/book-payment.ts';
import { invoiceLock } from '../shared/locks.ts';
import { ask, captureSubject } from '../shared/review.ts';
import { alreadyBooked, decideCapture } from './decide.ts';
import { bookFee } from './fee.ts';
import { findInvoices, type Found } from './find-invoices.ts';
import { pairUp } from './one-to-one.ts';
import { stopOtherRail } from './other-rail.ts';

/** Where a capture's money goes, and why. */
interface Target {
  readonly invoiceId: string;
  readonly why: string;
  readonly othersToRun: readonly string[];
}

/** Brings the books to where one PayPal transaction is now. */
export async function bookCapture(
  context: FlowContext,
  inbound: InboundEvent,
  captureId: string,
): Promise<FlowResult> {
  return context.locks.withLock(`capture:${context.business.id}:${captureId}`, async () => {
    const capture = await context.captures.getCapture(captureId);
    if (capture === null)
      return { state: 'skipped', reason: `PayPal has no transaction ${captureId} (a test event?)` };
    const decision = decideCapture(capture, context.captures.merchantId);
    if (decision.kind === 'nothing') return { state: 'skipped', reason: decision.reason };
    return bookOnce(context, inbound, capture);
  });
}

async function bookOnce(context: FlowContext, inbound: InboundEvent, capture: Capture): Promise<FlowResult> {
  const earlier = (await context.store.postings.ofSource('paypal', capture.id)).findLast(
    (posting) => posting.kind === 'payment',
  );
  if (earlier?.state === 'posted')
    return finishBooked(context, inbound, { capture, invoiceId: earlier.invoiceId });
  if (earlier?.state === 'intent' && earlier.invoiceId !== null) {
    return onInvoice(context, inbound, {
      capture,
      target: { invoiceId: earlier.invoiceId, why: 'begun by an earlier run', othersToRun: [] },
    });
  }
  const chosen = await chosenByPerson(context, capture);
  if (chosen !== null) return onInvoice(context, inbound, { capture, target: chosen });
  const found = await findInvoices(context, capture);
  const booked = alreadyBooked(found.payments, capture);
  if (booked !== null) return recordFound(capture, booked.id);
  return match(context, inbound, { capture, found });
}

/** The payment stands; what a crash may have left undone beside it is done now. */
async function finishBooked(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, invoiceId }: { capture: Capture; invoiceId: string | null },
): Promise<FlowResult> {
  await bookFee(context, inbound, capture);
  const stopped = invoiceId === null ? null : await stopOtherRail(context, inbound, { capture, invoiceId });
  return {
    state: 'done',
    reason: `already booked (${capture.status})`,
    ...(stopped === null ? {} : { record: stopped }),
  };
}

function recordFound(capture: Capture, bookPaymentId: string): FlowResult {
  return {
    state: 'done',
    reason: `already in the books as payment ${bookPaymentId}, not recorded by us`,
    details: { bookPaymentId },
    record: (tx) =>
      tx.reviews.settle(
        ['unmatched_payment', 'ambiguous_match'],
        captureSubject(capture.id),
        `is payment ${bookPaymentId}`,
      ),
  };
}

async function chosenByPerson(context: FlowContext, capture: Capture): Promise<Target | null> {
  for (const kind of [
    'unmatched_payment',
    'ambiguous_match',
    'overpayment',
    'currency_mismatch',
    'invoice_missing',
  ] as const) {
    const answer = await context.store.reviews.lastAnswer(kind, captureSubject(capture.id));
    const invoiceId = answer?.resolution?.action === 'match' ? answer.resolution.invoiceId : null;
    if (invoiceId !== null) return { invoiceId, why: `a person matched it (${kind})`, othersToRun: [] };
  }
  return null;
}

async function match(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, found }: { capture: Capture; found: Found },
): Promise<FlowResult> {
  const result = matchInvoice(found.facts);
  if (isMatched(result)) {
    const target = { invoiceId: result.invoice.id, why: result.why, othersToRun: [] };
    return onInvoice(context, inbound, { capture, target });
  }
  const pair = result.kind === 'ambiguous_match' ? await pairUp(context, capture, found.facts) : null;
  if (pair === null) return askWhich(context, inbound, { capture, result });
  const why = 'as many payments as invoices fit each other: assigned oldest to oldest';
  return onInvoice(context, inbound, {
    capture,
    target: { invoiceId: pair.invoice.id, why, othersToRun: pair.othersToRun },
  });
}

function askWhich(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, result }: { capture: Capture; result: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: result.kind,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    reasons: [`PayPal payment ${capture.id} of ${formatMoney(capture.amount)}: ${result.why}.`],
    candidates: result.candidates,
  });
}

function onInvoice(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, target }: { capture: Capture; target: Target },
): Promise<FlowResult> {
  return context.locks.withLock(invoiceLock(context.business.id, target.invoiceId), async () => {
    const earlier = (await context.store.postings.ofSource('paypal', capture.id)).findLast(
      (posting) => posting.kind === 'payment',
    );
    const follow = async (tx: Repositories): Promise<void> => {
      await tx.events.rerun(target.othersToRun);
    };
    const money = moneyOf(context, capture);
    const toPost = {
      money,
      invoiceId: target.invoiceId,
      cycle: earlier?.cycle ?? 1,
      earlier: earlier ?? null,
    };
    const booked = await bookPayment(context, inbound, { toPost, follow });
    if (booked.details?.['bookPaymentId'] === undefined) return booked;
    await context.store.transaction(async (tx) => booked.record?.(tx));
    await bookFee(context, inbound, capture);
    const stopped = await stopOtherRail(context, inbound, { capture, invoiceId: target.invoiceId });
    const details = { ...booked.details, why: target.why };
    return {
      state: 'done',
      reason: `${booked.reason}: ${target.why}`,
      details,
      ...(stopped === null ? {} : { record: stopped }),
    };
  });
}

/** Dated by the business's own calendar (contract section 6). */
function moneyOf(context: FlowContext, capture: Capture): MoneyIn {
  return {
    provider: 'paypal',
    id: capture.id,
    title: `PayPal ${capture.id}`,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    date: dateIn(context.business.timezone, new Date(capture.createdAt)),
    type: 'PayPal',
  };
}

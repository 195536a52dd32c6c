import {
  type Capture,
  type CaptureStatus,
  type FlowContext,
  type FlowResult,
  formatMoney,
  hasMoved,
  type InboundEvent,
  type PaypalTransaction,
  type Posting,
  skipped,
} from '@mlc/core';
import { leaveToPerson, saidSince, takenBackByHand } from '../booking/by-hand.ts';
import { captureLock } from '../running/locks.ts';
import { stopOtherRail } from '../debits/other-rail.ts';
import { notShown } from '../running/not-shown.ts';
import { lastMatch } from '../asking/review.ts';
import { captureSubject } from '../running/subjects.ts';
import { onInvoice, type Target } from './book-on-invoice.ts';
import { captureInLedger } from './capture-ledger.ts';
import { captureMoney } from '../ledger/money-in.ts';
import { decideCapture } from './decide.ts';
import { bookFee } from './book-on-invoice.ts';
import { type CaptureNews, findCapture } from './find-capture.ts';
import { invoicesForCapture } from '../booking/find-invoices.ts';
import { bookFound, oursBefore } from './match-capture.ts';
import { aside, asideWhileHeld } from './not-booked.ts';
import { askAboutMerchant } from './other-merchant.ts';
import { afterPending, awaitEnd, untilItEnds } from './pending-capture.ts';
import { rowMoved, withRowsMoved } from './row-moved.ts';
import { cycleOf, lookForCapture, recordCaptureFound, type ToFind } from './stands-already.ts';

/**
 * Brings the books to where one PayPal transaction is now. Rejects with `not-ready` when PayPal does not show it, or not
 * yet as it was told.
 */
export async function bookCapture(
  context: FlowContext,
  inbound: InboundEvent,
  news: CaptureNews,
): Promise<FlowResult> {
  const { captureId } = news;
  return context.locks.withLock(captureLock(context, captureId), async () => {
    const found = await findCapture(context, inbound, news);
    if (found === null) return unlessKnown(context, captureId);
    const result =
      found.told === null
        ? await bringUpToDate(context, inbound, { capture: found.capture, told: news.told })
        : besidePayment(context, inbound, found.told);
    return withRowsMoved(context, inbound, { result, rows: found.beside });
  });
}

/** A further row of the payment's id, which is looked at until it has ended as the payment is. */
function besidePayment(context: FlowContext, inbound: InboundEvent, row: PaypalTransaction): FlowResult {
  if (hasMoved(row)) return rowMoved(context, inbound, row);
  const reason = `PayPal says ${row.status} of ${formatMoney(row.amount)} beside payment ${row.id}`;
  if (row.status !== 'P') return skipped('nothing-moved', reason);
  return untilItEnds(context, { id: row.id, invoiceId: null, reason });
}

async function bringUpToDate(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, told }: { capture: Capture; told: CaptureStatus | undefined },
): Promise<FlowResult> {
  const decision = decideCapture(capture, context.captures.merchantId, told);
  switch (decision.kind) {
    case 'nothing':
      return afterPending(context, capture, skipped(decision.because, decision.reason));
    case 'other-merchant': {
      const { merchantId } = decision;
      return afterPending(
        context,
        capture,
        await askAboutMerchant(context, inbound, { capture, merchantId }),
      );
    }
    case 'pending':
      return awaitEnd(context, inbound, capture);
    case 'wait':
      throw notShown({
        ...GET_CAPTURE,
        says: `does not show transaction ${capture.id}: ${decision.reason}`,
      });
    case 'book':
      return afterPending(
        context,
        capture,
        await asideWhileHeld(context, inbound, { capture, work: () => bookOnce(context, inbound, capture) }),
      );
  }
}

const GET_CAPTURE = { provider: 'PayPal', operation: 'getCapture' } as const;

/** What was recorded from PayPal's own list, or before PayPal forgot it, needs no second look. */
async function unlessKnown({ store }: FlowContext, captureId: string): Promise<FlowResult> {
  const entries = await store.ledger.ofSource(captureSubject(captureId));
  if (entries.length === 0) throw notShown({ ...GET_CAPTURE, says: `has no transaction ${captureId}` });
  return skipped(
    'recorded-already',
    `transaction ${captureId} is recorded; PayPal does not show it any more`,
  );
}

async function bookOnce(context: FlowContext, inbound: InboundEvent, capture: Capture): Promise<FlowResult> {
  const postings = await context.store.postings.ofSource('paypal', capture.id);
  const earlier = postings.findLast((posting) => posting.kind === 'payment');
  if (earlier?.state === 'posted')
    return finishBooked(context, inbound, { capture, invoiceId: earlier.invoiceId });
  if (earlier?.state === 'intent' && earlier.invoiceId !== null) {
    return onInvoice(context, inbound, {
      capture,
      target: { invoiceId: earlier.invoiceId, why: 'begun by an earlier run' },
    });
  }
  const reversal = takenBackByHand(postings);
  const { cycle } = cycleOf(postings);
  if (reversal !== null) return bookAgain(context, inbound, { capture, cycle, reversal });
  const chosen = await chosenByPerson(context, capture);
  if (chosen !== null) return onInvoice(context, inbound, { capture, target: chosen });
  return bookFound(context, inbound, { capture, cycle });
}

/** A person took the payment back: unless it stands in the books by then, they say where it belongs. */
async function bookAgain(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, cycle, reversal }: ToFind & { readonly reversal: Posting },
): Promise<FlowResult> {
  const found = await invoicesForCapture(context, capture);
  const standing = await lookForCapture(context, { capture, cycle }, found);
  if (standing.kind === 'theirs')
    return recordCaptureFound(context, inbound, { capture, payment: standing.payment });
  if (standing.kind === 'ours') return onInvoice(context, inbound, { capture, target: oursBefore(standing) });
  const money = captureMoney(context, capture);
  const said = await saidSince(context, money.subject, reversal);
  if (said.kind === 'matched') {
    const why = 'a person matched it (unmatched_payment)';
    return onInvoice(context, inbound, { capture, target: { invoiceId: said.invoiceId, why } });
  }
  return aside(context, inbound, capture, await leaveToPerson(context, inbound, { said, reversal, money }));
}

/** The payment stands; what a crash may have left undone beside it is done now. */
async function finishBooked(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, invoiceId }: { capture: Capture; invoiceId: string | null },
): Promise<FlowResult> {
  await bookFee(context, inbound, capture);
  const money = captureMoney(context, capture);
  const stopped = invoiceId === null ? [] : await stopOtherRail(context, inbound, { money, invoiceId });
  return {
    state: 'done',
    reason: `already booked (${capture.status})`,
    effects: [captureInLedger(context, inbound, { capture, standing: 'posted' }), ...stopped],
  };
}

async function chosenByPerson(context: FlowContext, capture: Capture): Promise<Target | null> {
  const said = await lastMatch(context, captureSubject(capture.id));
  if (said === null) return null;
  return { invoiceId: said.invoiceId, why: `a person matched it (${said.kind})` };
}

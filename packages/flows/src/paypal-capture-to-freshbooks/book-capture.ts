import {
  type Capture,
  type CaptureStatus,
  type FlowContext,
  type FlowResult,
  formatMoney,
  hasMoved,
  type Job,
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
export async function bookCapture(job: Job, news: CaptureNews): Promise<FlowResult> {
  const { captureId } = news;
  return job.locks.withLock(captureLock(job, captureId), async () => {
    const found = await findCapture(job, news);
    if (found === null) return unlessKnown(job, captureId);
    const result =
      found.told === null
        ? await bringUpToDate(job, { capture: found.capture, told: news.told })
        : besidePayment(job, found.told);
    return withRowsMoved(job, { result, rows: found.beside });
  });
}

/** A further row of the payment's id, which is looked at until it has ended as the payment is. */
function besidePayment(job: Job, row: PaypalTransaction): FlowResult {
  if (hasMoved(row)) return rowMoved(job, row);
  const reason = `PayPal says ${row.status} of ${formatMoney(row.amount)} beside payment ${row.id}`;
  if (row.status !== 'P') return skipped('nothing-moved', reason);
  return untilItEnds(job, { id: row.id, invoiceId: null, reason });
}

async function bringUpToDate(
  job: Job,
  { capture, told }: { capture: Capture; told: CaptureStatus | undefined },
): Promise<FlowResult> {
  const decision = decideCapture(capture, job.captures.merchantId, told);
  switch (decision.kind) {
    case 'nothing':
      return afterPending(job, capture, skipped(decision.because, decision.reason));
    case 'other-merchant': {
      const { merchantId } = decision;
      return afterPending(job, capture, await askAboutMerchant(job, { capture, merchantId }));
    }
    case 'pending':
      return awaitEnd(job, capture);
    case 'wait':
      throw notShown({
        ...GET_CAPTURE,
        says: `does not show transaction ${capture.id}: ${decision.reason}`,
      });
    case 'book':
      return afterPending(
        job,
        capture,
        await asideWhileHeld(job, { capture, work: () => bookOnce(job, capture) }),
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

async function bookOnce(job: Job, capture: Capture): Promise<FlowResult> {
  const postings = await job.store.postings.ofSource('paypal', capture.id);
  const earlier = postings.findLast((posting) => posting.kind === 'payment');
  if (earlier?.state === 'posted') return finishBooked(job, { capture, invoiceId: earlier.invoiceId });
  if (earlier?.state === 'intent' && earlier.invoiceId !== null) {
    return onInvoice(job, {
      capture,
      target: { invoiceId: earlier.invoiceId, why: 'begun by an earlier run' },
    });
  }
  const reversal = takenBackByHand(postings);
  const { cycle } = cycleOf(postings);
  if (reversal !== null) return bookAgain(job, { capture, cycle, reversal });
  const chosen = await chosenByPerson(job, capture);
  if (chosen !== null) return onInvoice(job, { capture, target: chosen });
  return bookFound(job, { capture, cycle });
}

/** A person took the payment back: unless it stands in the books by then, they say where it belongs. */
async function bookAgain(
  job: Job,
  { capture, cycle, reversal }: ToFind & { readonly reversal: Posting },
): Promise<FlowResult> {
  const found = await invoicesForCapture(job, capture);
  const standing = await lookForCapture(job, { capture, cycle }, found);
  if (standing.kind === 'theirs') return recordCaptureFound(job, { capture, payment: standing.payment });
  if (standing.kind === 'ours') return onInvoice(job, { capture, target: oursBefore(standing) });
  const money = captureMoney(job, capture);
  const said = await saidSince(job, money.subject, reversal);
  if (said.kind === 'matched') {
    const why = 'a person matched it (unmatched_payment)';
    return onInvoice(job, { capture, target: { invoiceId: said.invoiceId, why } });
  }
  return aside(job, capture, await leaveToPerson(job, { said, reversal, money }));
}

/** The payment stands; what a crash may have left undone beside it is done now. */
async function finishBooked(
  job: Job,
  { capture, invoiceId }: { capture: Capture; invoiceId: string | null },
): Promise<FlowResult> {
  await bookFee(job, capture);
  const money = captureMoney(job, capture);
  const stopped = invoiceId === null ? [] : await stopOtherRail(job, { money, invoiceId });
  return {
    state: 'done',
    reason: `already booked (${capture.status})`,
    effects: [captureInLedger(job, { capture, standing: 'posted' }), ...stopped],
  };
}

async function chosenByPerson(context: FlowContext, capture: Capture): Promise<Target | null> {
  const said = await lastMatch(context, captureSubject(capture.id));
  if (said === null) return null;
  return { invoiceId: said.invoiceId, why: `a person matched it (${said.kind})` };
}

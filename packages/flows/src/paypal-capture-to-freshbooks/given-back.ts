import {
  type Capture,
  type ConnectorError,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Job,
  type PaypalRefund,
  type PaypalTransaction,
  skipped,
  WriteHeldError,
} from '@mlc/core';
import { captureLock } from '../running/locks.ts';
import { notShown } from '../running/not-shown.ts';
import { record } from '../running/record.ts';
import { ask } from '../asking/review.ts';
import { askAboutLoss, HOW_TO_SHOW, refundSubject } from './ask-about-loss.ts';
import { findRefund, type RefundNews } from './find-refund.ts';
import { untilItEnds } from './pending-capture.ts';
import { recordFirst } from './record-first.ts';
import { withRefund } from './refund-ledger.ts';

/**
 * Money was given back or taken back, whatever told of it: shown and asked about, never turned into a credit by itself
 * (design section 7), and in the ledger.
 */
export function refundChanged(job: Job, news: RefundNews): Promise<FlowResult> {
  return job.locks.withLock(captureLock(job, news.refundId), () => givenBack(job, news));
}

async function givenBack(job: Job, news: RefundNews): Promise<FlowResult> {
  const { refundId, row } = news;
  const found = await findRefund(job, news);
  const named = found?.refund.captureId ?? news.captureId;
  // A reversed sale is told without its id (paypal.md 2.8); what the event is about may be the sale itself.
  const sale = named === null ? await job.captures.getCapture(refundId) : null;
  const of = named ?? sale?.id ?? null;
  // The capture itself may never have been told of: its money is booked first.
  const waitFor = of === null ? null : await recordFirst(job, { captureId: of, row });
  if (found === null) return sale === null ? unlessKnown(job, refundId) : askAboutSale(job, sale);
  const refund = { ...found.refund, captureId: of };
  const result = await askAboutLoss(job, { refund, row });
  if (refund.status === 'pending') return untilThrough(job, refundId, result);
  return inLedger(job, { refund, row, result, waitFor, isListedOnly: found.isListedOnly });
}

interface Asked {
  readonly refund: PaypalRefund;
  readonly row: PaypalTransaction | undefined;
  readonly result: FlowResult;
  /** What its payment waits for. */
  readonly waitFor: ConnectorError | null;
  readonly isListedOnly: boolean;
}

/** A person is asked at once; the ledger takes the payment's money in before it gives it back. */
async function inLedger(
  job: Job,
  { refund, row, result, waitFor, isListedOnly }: Asked,
): Promise<FlowResult> {
  const isHeld = waitFor instanceof WriteHeldError;
  // What only the list knows may be of a payment from before it is looked through: that one never shows.
  const isIn = waitFor === null || isHeld || isListedOnly;
  const ended = isIn ? await withRefund(job, { refund, row, result }) : result;
  if (waitFor === null || (isIn && !isHeld)) return ended;
  await record(job, ended.effects);
  throw waitFor;
}

/** What was recorded from PayPal's own list needs no second look. */
async function unlessKnown({ store }: FlowContext, refundId: string): Promise<FlowResult> {
  if ((await store.ledger.ofSource(refundSubject(refundId))).length === 0)
    throw notShown({ provider: 'PayPal', operation: 'getRefund', says: `has no refund ${refundId}` });
  return skipped('recorded-already', `refund ${refundId} is recorded; PayPal does not show it any more`);
}

/** A refund that waits for a bank is asked about, and looked at until it has ended: the ledger takes it in then. */
function untilThrough(context: FlowContext, refundId: string, asked: FlowResult): FlowResult {
  const reason = `PayPal refund ${refundId} is pending`;
  return { ...untilItEnds(context, { id: refundId, invoiceId: null, reason }), effects: asked.effects };
}

/** The refund itself is told by Transaction Search, under an id of its own. */
function askAboutSale(job: Job, sale: Capture): Promise<FlowResult> {
  const reasons = [`PayPal took back payment ${sale.id} of ${formatMoney(sale.amount)} (${sale.status}).`];
  return ask(job, {
    kind: 'refund',
    subject: refundSubject(sale.id),
    amount: sale.amount,
    reasons: [...reasons, HOW_TO_SHOW],
    covers: sale.status,
  });
}

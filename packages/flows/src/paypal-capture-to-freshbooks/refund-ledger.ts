import {
  dateIn,
  type FlowContext,
  type FlowResult,
  type Job,
  NAMES_OTHER_MERCHANT,
  ownRefundEntries,
  type PaymentFact,
  type PaypalRefund,
  type PaypalTransaction,
  type Repositories,
  step,
} from '@mlc/core';
import { isInOpening } from '../ledger/in-ledger.ts';
import { captureSubject } from '../running/subjects.ts';
import { type CaptureDecision, decideCapture } from './decide.ts';

/** What a run says of a refund. */
interface RefundResult {
  readonly refund: PaypalRefund;
  /** The row of PayPal's list that told of it, if one did. */
  readonly row: PaypalTransaction | undefined;
  readonly result: FlowResult;
}

/**
 * The run's result with the refund in the own ledger once it is completed: a transaction of its own at PayPal, with the
 * part of the fee that came back. What names another merchant waits for a
 * person (and says so); what was given back before go-live is none of ours. A
 * negative refund is money that came back.
 */
export async function withRefund(job: Job, { refund, row, result }: RefundResult): Promise<FlowResult> {
  const factDate = dateIn(job.business.timezone, new Date(refund.createdAt));
  const isBefore = isInOpening(job, { provider: 'paypal', date: factDate });
  if (refund.status !== 'completed' || isBefore) return result;
  const whose = await whoseMoney(job, refund);
  if (whose === 'other-merchant')
    return { ...result, reason: `${result.reason} (its payment ${NAMES_OTHER_MERCHANT})` };
  if (whose !== 'book') return result;
  const source = { provider: 'paypal', type: 'refund', id: refund.id };
  const fact: PaymentFact = { source, amount: refund.amount, factDate, eventId: job.event.id };
  const payment = refund.captureId === null ? null : captureSubject(refund.captureId);
  const inLedger = step('ledger', async (tx) => {
    if (await isMovementAlready(tx, refund.id)) return;
    const earlier = await tx.ledger.ofSource(source);
    const paymentEntries = payment === null ? [] : await tx.ledger.ofSource(payment);
    const told = { fee: refund.fee, payment, eventCode: row?.eventCode };
    const entries = ownRefundEntries(fact, { ...told, earlier, paymentEntries });
    if (entries.length > 0) await tx.ledger.record(entries);
  });
  return { ...result, effects: [inLedger, ...result.effects] };
}

/** What the payment that was given back means for the books; one that is not shown is ours. */
async function whoseMoney(
  context: FlowContext,
  { captureId }: PaypalRefund,
): Promise<CaptureDecision['kind']> {
  const capture = captureId === null ? null : await context.captures.getCapture(captureId);
  return capture === null ? 'book' : decideCapture(capture, context.captures.merchantId).kind;
}

/** Before chargebacks were taken for refunds of their payments, they were movements. */
async function isMovementAlready(tx: Repositories, transactionId: string): Promise<boolean> {
  const source = { provider: 'paypal', type: 'transaction', id: transactionId };
  const entries = await tx.ledger.ofSource(source);
  return entries.some(({ key }) => key.startsWith(`movement:paypal:${transactionId}:T12`));
}

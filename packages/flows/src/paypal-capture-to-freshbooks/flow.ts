import {
  ConnectorError,
  NAMES_OTHER_MERCHANT,
  skipped,
  type CaptureStatus,
  type DomainEvent,
  type Flow,
  type FlowResult,
  type Job,
  type PaypalPayments,
} from '@mlc/core';
import { notForFlow } from '../running/not-for-flow.ts';
import { notShown, lookOrWait } from '../running/not-shown.ts';
import { recordOne } from '../running/record.ts';
import { balanceMoved } from './balance-moved.ts';
import { bookCapture } from './book-capture.ts';
import { disputeChanged } from './complaints.ts';
import { refundChanged } from './given-back.ts';

const KINDS = new Set([
  'capture-changed',
  'order-completed',
  'paypal-invoice-paid',
  'refund-changed',
  'dispute-changed',
  'balance-moved',
]);

/** A PayPal capture becomes a payment on the right invoice (design section 7). */
export const paypalCaptureToFreshbooks: Flow = {
  name: 'paypal-capture-to-freshbooks',
  accepts: ({ kind }) => KINDS.has(kind),
  run,
};

/** One inbound event of this flow: every kind leads to transaction ids, and those are what is booked. */
function run(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind === 'balance-moved') return balanceMoved(job, news.transaction);
  if (news.kind === 'refund-changed') return refundChanged(job, news);
  if (news.kind === 'dispute-changed') return disputeChanged(job, news);
  return bookPayments(job, news);
}

async function bookPayments(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind === 'capture-changed') return bookCapture(job, news);
  if (news.kind === 'order-completed') return bookOrder(job, news.orderId);
  if (news.kind === 'paypal-invoice-paid') return bookInvoice(job, news.paypalInvoiceId);
  throw notForFlow(job.event, news);
}

async function bookOrder(job: Job, orderId: string): Promise<FlowResult> {
  const payments = await job.captures.paymentsOfOrder(orderId);
  const what = `order ${orderId}`;
  if (payments?.ids.length === 0 && payments.otherwise)
    return skipped('authorised-only', `${what} is authorised, and nothing of it is captured`);
  return bookAll(job, { payments, operation: 'paymentsOfOrder', what });
}

async function bookInvoice(job: Job, invoiceId: string): Promise<FlowResult> {
  const payments = await job.captures.paymentsOfInvoice(invoiceId);
  const what = `invoice ${invoiceId}`;
  if (payments?.ids.length === 0 && payments.otherwise)
    return skipped('paid-outside', `${what} was paid outside PayPal`);
  return bookAll(job, {
    payments,
    operation: 'paymentsOfInvoice',
    what,
    told: 'completed',
  });
}

/** What is told to have been paid, and with what as far as PayPal shows it. */
interface Paid {
  readonly payments: PaypalPayments | null;
  readonly operation: string;
  readonly what: string;
  readonly told?: CaptureStatus;
}

/** Each transaction's effect is recorded before the next one is looked at; one that does not show holds up no other. */
async function bookAll(job: Job, { payments, operation, what, ...told }: Paid): Promise<FlowResult> {
  const [only, ...others] = payments?.ids ?? [];
  if (only === undefined) {
    const says = payments === null ? `has no ${what}` : `shows ${what} without a payment`;
    throw notShown({ provider: 'PayPal', operation, says });
  }
  if (others.length === 0) return bookCapture(job, { captureId: only, ...told });
  const reasons: string[] = [];
  const waiting: ConnectorError[] = [];
  const pending: Extract<FlowResult, { state: 'parked' }>[] = [];
  for (const captureId of [only, ...others]) {
    const result = await lookOrWait(() => recordOne(job, () => bookCapture(job, { captureId, ...told })));
    if (result instanceof ConnectorError) {
      waiting.push(result);
      continue;
    }
    if (result.state === 'parked') pending.push(result);
    reasons.push(`${captureId}: ${result.reason}`);
  }
  if (waiting[0] !== undefined) throw waiting[0];
  if (pending[0] !== undefined) return pending[0];
  const another = reasons.some((reason) => reason.includes(NAMES_OTHER_MERCHANT));
  const looked = `${reasons.length} transactions looked at`;
  return {
    state: 'done',
    reason: another ? `${looked}; one ${NAMES_OTHER_MERCHANT}` : looked,
    details: { reasons },
    effects: [],
  };
}

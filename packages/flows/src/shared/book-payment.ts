import {
  type BookPayment,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
  LOCKED_MONTHS_MAX,
  noteCarriesKey,
  type Repositories,
  type ReviewKind,
  sameMoney,
} from '@mlc/core';
import { type MoreEntries, paymentFact, recordInLedger } from './ledger.ts';
import type { ToPost } from './money-in.ts';
import { ask } from './review.ts';
import { paymentKey, sendPayment } from './send-payment.ts';
import { settlePayoutsOf } from './settle-payouts.ts';
import { secondLookAt, waitOutSettling } from './unclear-outcome.ts';

export type { MoneyIn, ToPost } from './money-in.ts';

/** Questions on a payment that are answered once it is in the books. */
const ANSWERED_BY_POSTING: readonly ReviewKind[] = [
  'unmatched_payment',
  'ambiguous_match',
  'invoice_missing',
  'currency_mismatch',
  'late_failure',
  'chargeback',
  'period_locked',
];

/** How an entry is recorded: `follow` runs in the transaction that records the outcome. */
export interface Booking {
  readonly toPost: ToPost;
  readonly follow: (tx: Repositories) => Promise<void>;
  /** What the ledger says of the money besides that it stands on its invoice. */
  readonly more?: MoreEntries;
}

/** Design section 8: intent, (look,) call, record. */
export async function bookPayment(
  context: FlowContext,
  inbound: InboundEvent,
  booking: Booking,
): Promise<FlowResult> {
  const { toPost, follow } = booking;
  const found = await findPosted(context, toPost);
  if (found !== null) return recordPosted(context, inbound, { ...booking, payment: found, looked: true });
  const invoice = await context.books.getInvoice(toPost.invoiceId);
  const obstacle = await askObstacle(context, inbound, { toPost, invoice });
  if (obstacle !== null)
    return {
      ...obstacle,
      record: async (tx) => {
        await follow(tx);
        await obstacle.record?.(tx);
      },
    };
  const payment = await sendPayment(context, inbound, toPost);
  if (payment === null) return askForPeriod(context, inbound, booking);
  return recordPosted(context, inbound, { ...booking, payment, looked: false });
}

/** Every month it could have gone into is closed in FreshBooks: nothing is booked until a person says so. */
async function askForPeriod(
  context: FlowContext,
  inbound: InboundEvent,
  { toPost: { money, invoiceId }, follow }: Booking,
): Promise<FlowResult> {
  const question = await ask(context, inbound, {
    kind: 'period_locked',
    subject: money.subject,
    amount: money.amount,
    reasons: [
      `${money.title} of ${formatMoney(money.amount)} for invoice ${invoiceId} could not be booked: FreshBooks' books are ` +
        `closed from ${money.date} on, ${LOCKED_MONTHS_MAX} months were tried.`,
      'Open a period in FreshBooks and resolve this with retry, or enter it by hand and resolve it with done.',
    ],
  });
  return {
    ...question,
    record: async (tx) => {
      await follow(tx);
      await question.record?.(tx);
    },
  };
}

/** An entry for this very money that is in the books already, whoever's run (or installation) put it there. */
async function findPosted(
  context: FlowContext,
  { money, invoiceId, cycle, earlier }: ToPost,
): Promise<BookPayment | null> {
  if (earlier?.calledAt != null) waitOutSettling(context, 'createPayment', earlier.calledAt);
  const key = paymentKey(context, money, cycle);
  const payments = await context.books.listPayments(invoiceId);
  return (
    payments.find((payment) => payment.invoiceId === invoiceId && noteCarriesKey(payment.note, key)) ?? null
  );
}

/** Rows "before posting, the invoice is fetched" of design section 5; null when nothing stands in the way. */
async function askObstacle(
  context: FlowContext,
  inbound: InboundEvent,
  { toPost: { money, invoiceId }, invoice }: { toPost: ToPost; invoice: Invoice | null },
): Promise<FlowResult | null> {
  const question = { subject: money.subject, amount: money.amount };
  const payment = `${money.title} of ${formatMoney(money.amount)}`;
  if (invoice === null || invoice.visibility === 'deleted') {
    const reasons = [
      `${payment} was collected for invoice ${invoice?.number ?? invoiceId}, which is not in FreshBooks any more.`,
    ];
    return ask(context, inbound, { ...question, kind: 'invoice_missing', reasons });
  }
  if (invoice.outstanding.currency !== money.amount.currency) {
    const reasons = [
      `${payment} is for invoice ${invoice.number}, which is in ${invoice.outstanding.currency}.`,
    ];
    return ask(context, inbound, { ...question, kind: 'currency_mismatch', reasons });
  }
  if (invoice.outstanding.minor < money.amount.minor) {
    const reasons = [
      `${payment} is for invoice ${invoice.number}, of which only ${formatMoney(invoice.outstanding)} is outstanding: ` +
        'the client may have paid twice. Nothing was booked.',
    ];
    return ask(context, inbound, { ...question, kind: 'overpayment', reasons });
  }
  return null;
}

function recordPosted(
  context: FlowContext,
  inbound: InboundEvent,
  outcome: Booking & { readonly payment: BookPayment; readonly looked: boolean },
): FlowResult {
  const { toPost, payment, follow, more, looked } = outcome;
  const key = paymentKey(context, toPost.money, toPost.cycle);
  const split = sameMoney(payment.amount, toPost.money.amount) ? null : splitReasons(toPost, payment);
  return {
    state: 'done',
    reason: `${looked ? 'found in' : 'entered into'} the books as payment ${payment.id}`,
    details: {
      key,
      bookPaymentId: payment.id,
      invoiceId: toPost.invoiceId,
      amountMinor: Number(payment.amount.minor),
    },
    record: async (tx) => {
      await ensureIntent(tx, inbound, { key, toPost, payment });
      await tx.postings.update(key, {
        state: 'posted',
        externalId: payment.id,
        recheckAt: secondLookAt(context, toPost.earlier),
      });
      await recordInLedger(tx, paymentFact(context, inbound, toPost.money), more);
      if (toPost.money.provider === 'gocardless') await settlePayoutsOf(tx, toPost.money.id);
      await follow(tx);
      await tx.reviews.settle(ANSWERED_BY_POSTING, toPost.money.subject, `booked as payment ${payment.id}`);
      if (split === null) return;
      const subject = toPost.money.subject;
      const question = { amount: toPost.money.amount, reasons: split, candidates: [], eventId: inbound.id };
      await tx.reviews.open({ kind: 'overpayment', subject, ...question });
    },
  };
}

/** A payment found in the books may be known to nobody here (a store restored from a backup): it gets its row. */
async function ensureIntent(
  tx: Repositories,
  inbound: InboundEvent,
  { key, toPost, payment }: { key: string; toPost: ToPost; payment: BookPayment },
): Promise<void> {
  await tx.postings.insertIntent({
    key,
    kind: 'payment',
    invoiceId: toPost.invoiceId,
    source: { provider: toPost.money.provider, id: toPost.money.id },
    cycle: toPost.cycle,
    amount: toPost.money.amount,
    date: payment.date,
    note: payment.note,
    reversesKey: null,
    eventId: inbound.id,
  });
}

function splitReasons({ money }: ToPost, payment: BookPayment): string[] {
  return [
    `${formatMoney(money.amount)} of ${money.title} was sent to FreshBooks, which booked ` +
      `${formatMoney(payment.amount)} as payment ${payment.id} and turned the rest into a client credit.`,
  ];
}

import {
  type BookPayment,
  type Effect,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
  type Job,
  type NewPosting,
  noteCarriesKey,
  opens,
  sameMoney,
  settles,
  step,
  type Step,
} from '@mlc/core';
import { lookAtInvoicesLeft, matchOthersAgain } from '../asking/ask-again.ts';
import { recordFound } from './found-in-books.ts';
import { namedAmong } from './in-the-books.ts';
import { inLedger, type MoreEntries, paymentFact } from '../ledger/in-ledger.ts';
import type { MoneyIn } from '../ledger/money-in.ts';
import type { ToPost } from './to-post.ts';
import { settlesOnPayment } from '../asking/paid-invoice.ts';
import { askForPeriod, askObstacle } from './payment-questions.ts';
import { answeredByBooks } from '../asking/review.ts';
import { paymentKeys, sendPayment } from './send-payment.ts';
import { settlesPayoutsOf } from '../ledger/settle-payouts.ts';
import { secondLookAt, waitOutSettling } from './unclear-outcome.ts';

/** How an entry is recorded: `follow` are effects of the outcome. */
export interface Booking {
  readonly toPost: ToPost;
  readonly follow: readonly Effect[];
  /** What the ledger says of the money besides that it stands on its invoice. */
  readonly more?: MoreEntries;
}

/** What came of booking: by us, found as somebody else's, or a question. */
export interface Booked {
  readonly kind: 'booked' | 'found' | 'asked';
  readonly result: FlowResult;
}

/** Design section 8: intent, (look,) call, record. */
export async function bookPayment(job: Job, booking: Booking): Promise<Booked> {
  const { toPost } = booking;
  const payments = await paymentsOn(job, toPost);
  const found = entryOf(job, toPost, payments);
  if (found !== null) {
    // Nobody here may know it yet (a store restored from a backup).
    const invoice = toPost.earlier === null ? await job.books.getInvoice(toPost.invoiceId) : null;
    const known = { payment: found, invoiceNumber: invoice?.number ?? null, before: null };
    const result = recordPosted(job, { ...booking, ...known, looked: true });
    return { kind: 'booked', result };
  }
  const theirs = namedAmong(payments, toPost.money);
  if (theirs === null) return bookAnew(job, booking);
  const result = recordFound(job, { ...booking, ...toPost, payment: theirs });
  return { kind: 'found', result };
}

async function bookAnew(job: Job, booking: Booking): Promise<Booked> {
  const { toPost, follow } = booking;
  const invoice = await invoiceNow(job, toPost);
  const obstacle = await askObstacle(job, { toPost, invoice });
  if (obstacle !== null) return followed(obstacle, follow);
  const invoiceNumber = invoice?.number ?? null;
  const payment = await sendPayment(job, { toPost, invoiceNumber });
  if (payment === null) return followed(await askForPeriod(job, { toPost, invoiceNumber }), follow);
  const outcome = { ...booking, payment, invoiceNumber, before: invoice, looked: false };
  return { kind: 'booked', result: recordPosted(job, outcome) };
}

/** Clocks of two processes may differ by that much. In ms. */
const CLOCKS_DIFFER_MS = 60_000;

/** Read once in a run, unless something of ours was put on it (or taken off it) before the run had its lock. */
async function invoiceNow(context: FlowContext, { invoiceId, read }: ToPost): Promise<Invoice | null> {
  if (read?.invoice.id !== invoiceId) return context.books.getInvoice(invoiceId);
  const since = read.at.getTime() - CLOCKS_DIFFER_MS;
  const postings = await context.store.postings.ofInvoice(invoiceId);
  const hasMoved = postings.some(({ calledAt }) => calledAt !== null && calledAt.getTime() >= since);
  return hasMoved ? context.books.getInvoice(invoiceId) : read.invoice;
}

/** A question; where the money stands goes on record all the same. */
function followed(question: FlowResult, follow: Booking['follow']): Booked {
  return { kind: 'asked', result: { ...question, effects: [...follow, ...question.effects] } };
}

/** What is on the invoice already; none of it can be this money when the whole of the books was looked through. */
async function paymentsOn(
  context: FlowContext,
  { invoiceId, earlier, isAbsent }: ToPost,
): Promise<BookPayment[]> {
  if (earlier?.calledAt != null) waitOutSettling(context, 'createPayment', earlier.calledAt);
  if (earlier === null && isAbsent === true) return [];
  const payments = await context.books.listPayments(invoiceId);
  return payments.filter((payment) => payment.invoiceId === invoiceId);
}

/** An entry for this very money that is in the books already, whoever's run (or installation) put it there. */
function entryOf(context: FlowContext, toPost: ToPost, payments: readonly BookPayment[]): BookPayment | null {
  const keys = paymentKeys(context, toPost);
  return payments.find(({ note }) => keys.some((key) => noteCarriesKey(note, key))) ?? null;
}

/** The key it is recorded under; what nobody here knew is recorded under the key it carries in FreshBooks. */
function keyOf(context: FlowContext, toPost: ToPost, { note }: BookPayment): string {
  const keys = paymentKeys(context, toPost);
  return toPost.earlier?.key ?? keys.find((key) => noteCarriesKey(note, key)) ?? keys[0];
}

interface Posted extends Booking {
  readonly payment: BookPayment;
  /** Null when its posting has it. */
  readonly invoiceNumber: string | null;
  /** The invoice before the payment; null when it stood there already. */
  readonly before: Invoice | null;
  readonly looked: boolean;
}

function recordPosted(job: Job, outcome: Posted): FlowResult {
  const { toPost, payment, follow, more, looked } = outcome;
  const key = keyOf(job, toPost, payment);
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
    effects: [
      posted(job, { key, ...outcome }),
      inLedger(paymentFact(job, toPost.money), more),
      ...follow,
      ...afterPosted(outcome),
      ...(split === null ? [] : [asksAboutRest(job.event, toPost.money, split)]),
    ],
  };
}

function posted(job: Job, outcome: Posted & { key: string }): Step {
  const { payment, toPost, looked, key } = outcome;
  const recheckAt = secondLookAt(job, toPost.earlier);
  const changes = { state: 'posted', externalId: payment.id, recheckAt } as const;
  return step('postings', async (tx) => {
    if (looked) await tx.postings.put(intentOf(job.event, outcome), changes);
    else await tx.postings.update(key, changes);
  });
}

/** What others have to learn of it. */
function afterPosted({ toPost: { money, invoiceId, cycle }, payment, before }: Posted): Effect[] {
  const { provider, id, subject } = money;
  return [
    ...(provider === 'gocardless' ? [settlesPayoutsOf(id)] : []),
    settles(answeredByBooks(provider), subject, `booked as payment ${payment.id}`),
    matchOthersAgain(invoiceId, subject),
    ...(cycle > 1 ? [lookAtInvoicesLeft(money, invoiceId)] : []),
    settlesOnPayment({ invoiceId, before, payment }),
  ];
}

/** Money of which a part became a client credit. */
function asksAboutRest(
  { id: eventId }: InboundEvent,
  { subject, amount }: MoneyIn,
  reasons: string[],
): Effect {
  return opens({ kind: 'overpayment', subject, amount, reasons, candidates: [], eventId });
}

/** A payment found in the books may be known to nobody here (a store restored from a backup): it gets its row. */
function intentOf(
  event: InboundEvent,
  { key, toPost, payment, invoiceNumber }: Posted & { key: string },
): NewPosting {
  return {
    key,
    kind: 'payment',
    invoiceId: toPost.invoiceId,
    invoiceNumber,
    source: { provider: toPost.money.provider, id: toPost.money.id },
    cycle: toPost.cycle,
    amount: toPost.money.amount,
    date: payment.date,
    note: payment.note,
    reversesKey: null,
    eventId: event.id,
  };
}

function splitReasons({ money }: ToPost, payment: BookPayment): string[] {
  return [
    `${formatMoney(money.amount)} of ${money.title} was sent to FreshBooks, which booked ` +
      `${formatMoney(payment.amount)} as payment ${payment.id} and turned the rest into a client credit.`,
  ];
}

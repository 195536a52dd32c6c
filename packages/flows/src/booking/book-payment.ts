import {
  type BookPayment,
  type Effect,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Invoice,
  type Job,
  LOCKED_MONTHS_MAX,
  noteCarriesKey,
  opens,
  sameMoney,
  settles,
} from '@mlc/core';
import { lookAtInvoicesLeft, matchOthersAgain } from '../asking/ask-again.ts';
import { settlesOnPayment } from '../asking/paid-invoice.ts';
import { answeredByBooks } from '../asking/review.ts';
import { inLedger, type MoreEntries, paymentFact } from '../ledger/in-ledger.ts';
import { settlesPayoutsOf } from '../ledger/settle-payouts.ts';
import { paymentWrite } from '../running/go-live.ts';
import { once } from '../running/once.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { enter, type InBooks } from './enter.ts';
import type { Entry } from './entry.ts';
import { recordFound } from './found-in-books.ts';
import { namedAmong } from './in-the-books.ts';
import { askForPeriod, askObstacle } from './payment-questions.ts';
import { paymentKeys } from './posting-keys.ts';
import type { ToPost } from './to-post.ts';

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

/** Enters money as a payment on its invoice, once. */
export async function bookPayment(job: Job, booking: Booking): Promise<Booked> {
  const { toPost, follow } = booking;
  const invoice = once(() => invoiceNow(job, toPost));
  const entered = await enter(job, paymentEntry(job, booking, invoice), toPost.earlier);
  if (entered.kind === 'locked') {
    const invoiceNumber = (await invoice())?.number ?? null;
    return followed(await askForPeriod(job, { toPost, invoiceNumber }), follow);
  }
  if (entered.kind !== 'entered') return entered;
  const before = entered.isFound ? null : await invoice();
  return { kind: 'booked', result: resultOf(job, booking, { entered, before }) };
}

function paymentEntry(
  job: Job,
  booking: Booking,
  invoice: () => Promise<Invoice | null>,
): Entry<BookPayment, Booked> {
  const { toPost } = booking;
  const { money, invoiceId, cycle, earlier } = toPost;
  const { amount, date, type, title } = money;
  const source = { provider: money.provider, id: money.id };
  const keys = paymentKeys(job, toPost);
  const payments = once(() => paymentsOn(job, toPost));
  const invoiceNumber = async (): Promise<string | null> => (await invoice())?.number ?? null;
  const about = { source, invoiceId, amount };
  return {
    posting: { key: keys[0], kind: 'payment', ...about, cycle, reversesKey: null, eventId: job.event.id },
    invoiceNumber,
    date,
    named: { as: 'charged', date },
    title,
    operation: 'createPayment',
    months: LOCKED_MONTHS_MAX,
    intended: (day, isNew) => ({
      action: isNew ? 'posting.intended' : 'posting.tried-again',
      subject: invoiceSubject(invoiceId),
      details: {
        key: keys[0],
        moneyId: money.id,
        amountMinor: Number(amount.minor),
        currency: amount.currency,
        date: day,
      },
    }),
    write: async () => paymentWrite('payment', { ...about, invoiceNumber: await invoiceNumber(), date }),
    look: async () => entryAmong(await payments(), keys, earlier?.key),
    stop: async () => foundAsTheirs(job, booking, await payments()) ?? asked(job, booking, invoice),
    prepare: () => Promise.resolve((sent) => job.books.createPayment({ invoiceId, amount, type, ...sent })),
  };
}

/** What is on the invoice already; none of it can be this money when the whole of the books was looked through. */
async function paymentsOn(
  { books }: FlowContext,
  { invoiceId, earlier, isAbsent }: ToPost,
): Promise<BookPayment[]> {
  if (earlier === null && isAbsent === true) return [];
  return (await books.listPayments(invoiceId)).filter((payment) => payment.invoiceId === invoiceId);
}

/**
 * An entry for this very money that is in the books already, whoever's run (or installation) put it there. What nobody here knew
 * is recorded under the key it carries.
 */
function entryAmong(payments: readonly BookPayment[], keys: readonly string[], known: string | undefined) {
  for (const booked of payments) {
    const key = keys.find((one) => noteCarriesKey(booked.note, one));
    if (key !== undefined) return { booked, key: known ?? key, date: booked.date, note: booked.note };
  }
  return null;
}

function foundAsTheirs(
  job: Job,
  { toPost, follow, more }: Booking,
  payments: readonly BookPayment[],
): Booked | null {
  const payment = namedAmong(payments, toPost.money);
  if (payment === null) return null;
  const found = { money: toPost.money, earlier: toPost.earlier, payment, follow };
  return { kind: 'found', result: recordFound(job, { ...found, ...(more && { more }) }) };
}

async function asked(
  job: Job,
  { toPost, follow }: Booking,
  invoice: () => Promise<Invoice | null>,
): Promise<Booked | null> {
  const question = await askObstacle(job, { toPost, invoice: await invoice() });
  return question === null ? null : followed(question, follow);
}

/** A question; where the money stands goes on record all the same. */
function followed(question: FlowResult, follow: Booking['follow']): Booked {
  return { kind: 'asked', result: { ...question, effects: [...follow, ...question.effects] } };
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

interface Posted {
  readonly entered: InBooks<BookPayment>;
  /** The invoice before the payment; null when it stood there already. */
  readonly before: Invoice | null;
}

function resultOf(job: Job, { toPost, follow, more }: Booking, { entered, before }: Posted): FlowResult {
  const { booked: payment, key, isFound, row } = entered;
  const { money, invoiceId } = toPost;
  return {
    state: 'done',
    reason: `${isFound ? 'found in' : 'entered into'} the books as payment ${payment.id}`,
    details: { key, bookPaymentId: payment.id, invoiceId, amountMinor: Number(payment.amount.minor) },
    effects: [
      row,
      inLedger(paymentFact(job, money), more),
      ...follow,
      ...afterPosted(toPost, payment, before),
      ...(sameMoney(payment.amount, money.amount) ? [] : [asksAboutRest(job, toPost, payment)]),
    ],
  };
}

/** What others have to learn of it. */
function afterPosted(
  { money, invoiceId, cycle }: ToPost,
  payment: BookPayment,
  before: Invoice | null,
): Effect[] {
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
function asksAboutRest({ event }: Job, { money }: ToPost, payment: BookPayment): Effect {
  const { subject, amount } = money;
  const reasons = [
    `${formatMoney(amount)} of ${money.title} was sent to FreshBooks, which booked ` +
      `${formatMoney(payment.amount)} as payment ${payment.id} and turned the rest into a client credit.`,
  ];
  return opens({ kind: 'overpayment', subject, amount, reasons, candidates: [], eventId: event.id });
}

import {
  type BookPayment,
  ConnectorError,
  dateAfterLock,
  type FlowContext,
  type Job,
  keyInNote,
  LOCKED_MONTHS_MAX,
  type NewBookPayment,
  PERIOD_LOCKED,
  type ProviderWrite,
} from '@mlc/core';
import { paymentWrite, requireLive } from '../running/go-live.ts';
import type { MoneyIn } from '../ledger/money-in.ts';
import type { ToPost } from './to-post.ts';
import { keysInBooks, newPostingKey } from './posting-keys.ts';
import { invoiceSubject } from '../running/subjects.ts';

/** What the key of an entry depends on. */
type Keyed = Pick<ToPost, 'money' | 'cycle' | 'earlier'>;

/** The key of a payment's entry in the books: the one it was recorded under, else a new one. */
function paymentKey(context: FlowContext, toPost: Keyed): string {
  return toPost.earlier?.key ?? newPostingKey(context, keyedOf(toPost));
}

/** The keys an entry of this payment may carry in its note; the one it would be entered under first. */
export function paymentKeys(context: FlowContext, toPost: Keyed): readonly [string, ...string[]] {
  return [paymentKey(context, toPost), ...keysInBooks(context, keyedOf(toPost))];
}

function keyedOf({ money: { provider, id }, cycle }: Keyed) {
  return { kind: 'payment', source: { provider, id }, cycle };
}

/**
 * Intent and call of design section 8. While FreshBooks answers that the month is closed there, the payment is dated into
 * the month after, as into our own first open month. Null when it takes none of them: nothing was booked. Rejects with
 * ConnectorError for everything else.
 */
export async function sendPayment(
  job: Job,
  { toPost, invoiceNumber }: { toPost: ToPost; invoiceNumber: string | null },
): Promise<BookPayment | null> {
  requireLive(job, writeOf(toPost, invoiceNumber));
  let wanted = toPost.money.date;
  for (let month = 0; month < LOCKED_MONTHS_MAX; month += 1) {
    const payment = await recordIntent(job, { toPost, invoiceNumber, wanted });
    const booked = await callCreate(job, toPost, payment);
    if (booked !== 'locked') return booked;
    wanted = dateAfterLock(payment.date);
  }
  const key = paymentKey(job, toPost);
  await job.store.transaction((tx) => tx.postings.update(key, { state: 'rejected', calledAt: null }));
  return null;
}

function writeOf({ money, invoiceId }: ToPost, invoiceNumber: string | null): ProviderWrite {
  const { provider, id, amount, date } = money;
  return paymentWrite('payment', { invoiceId, invoiceNumber, source: { provider, id }, amount, date });
}

async function recordIntent(
  job: Job,
  { toPost, invoiceNumber, wanted }: { toPost: ToPost; invoiceNumber: string | null; wanted: string },
): Promise<NewBookPayment> {
  const key = paymentKey(job, toPost);
  const { money, invoiceId, cycle } = toPost;
  const { amount, type } = money;
  return job.store.transaction(async (tx) => {
    const date = await tx.periods.firstOpenDate(wanted);
    const note = noteOf(money, { key, date, wanted });
    const intent = {
      key,
      kind: 'payment' as const,
      invoiceId,
      invoiceNumber,
      source: { provider: money.provider, id: money.id },
      cycle,
      amount,
      date,
      note,
      reversesKey: null,
      eventId: job.event.id,
    };
    const calledAt = job.clock.now();
    const inserted = await tx.postings.put(intent, { state: 'intent', calledAt, date, note });
    await tx.audit.append({
      actor: 'system',
      action: inserted ? 'posting.intended' : 'posting.tried-again',
      subject: invoiceSubject(invoiceId),
      correlationId: job.event.correlationId,
      details: {
        key,
        moneyId: money.id,
        amountMinor: Number(amount.minor),
        currency: amount.currency,
        date,
      },
    });
    return { invoiceId, amount, date, type, note };
  });
}

/** A date that moved keeps the day of the money in the note. */
function noteOf(
  money: MoneyIn,
  { key, date, wanted }: { key: string; date: string; wanted: string },
): string {
  const where = wanted === money.date ? '' : ' in FreshBooks';
  const moved = date === money.date ? '' : ` · charged ${money.date}, that month is closed${where}`;
  return `${money.title} · ${keyInNote(key)}${moved}`;
}

/** A clear refusal means that nothing has to be looked for; after an unclear outcome the moment of the call stays. */
async function callCreate(
  context: FlowContext,
  toPost: ToPost,
  payment: NewBookPayment,
): Promise<BookPayment | 'locked'> {
  try {
    return await context.books.createPayment(payment);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.reason === PERIOD_LOCKED) return 'locked';
    if (error.kind !== 'outcome-unknown') {
      const refused = error.kind === 'rejected' ? { state: 'rejected' as const } : {};
      await context.store.transaction((tx) =>
        tx.postings.update(paymentKey(context, toPost), { calledAt: null, ...refused }),
      );
    }
    throw error;
  }
}

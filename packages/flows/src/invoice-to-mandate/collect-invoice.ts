import {
  type Collection,
  type FlowContext,
  type FlowResult,
  type Invoice,
  type InvoiceChanged,
  isBookable,
  type Job,
  reruns,
  sameMoney,
  settles,
  skipped,
  waitForGoLive,
  type WriteHeldError,
} from '@mlc/core';
import { unmatchedFor } from '../asking/ask-again.ts';
import { bookCollected } from '../debits/book-collected.ts';
import { orWaitForGoLive } from '../running/go-live.ts';
import { knownCollections } from '../debits/in-flight.ts';
import { invoiceLock } from '../running/locks.ts';
import { notShown } from '../running/not-shown.ts';
import { ask, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { tooLateQuestion, withdraw } from '../debits/withdraw.ts';
import { chooseAndCreate } from './choose-and-create.ts';
import { sendDebit } from './send-debit.ts';
import { followRevived } from './follow-revived.ts';
import { endLostLinks } from './planned-links.ts';
import { OBSTACLES } from './questions.ts';
import type { Wanted } from './fit.ts';
import { settling } from './settle-questions.ts';
import { type Situation, situationOf } from './situation.ts';
import { severalQuestion } from '../debits/several-debits.ts';
import { settlesStop, stopped } from './stopped.ts';
import { asOne, unfitQuestion } from './unfit.ts';

/** Each look but the last may find a debit that is on record from then on. */
const LOOKS_MAX = 5;

/**
 * Brings the collection of one invoice to where the invoice is now. Rejects with `not-ready` when FreshBooks does not show
 * it, or not yet as it was told; its debits are left as they are meanwhile.
 */
export function collectInvoice(job: Job, news: InvoiceNews): Promise<FlowResult> {
  const { invoiceId } = news;
  return job.locks.withLock(invoiceLock(job, invoiceId), async () => {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const result = await lookAndAct(job, news);
      if (result !== null) return result;
    }
    throw new Error(`debits of invoice ${invoiceId} were put on record and found again`);
  });
}

/** Which invoice, and what the event says happened to it when that shows. */
export type InvoiceNews = Pick<InvoiceChanged, 'invoiceId' | 'told'>;

/** What FreshBooks shows instead of what it told; null when it shows that. */
function behind({ invoiceId, told }: InvoiceNews, situation: Situation): string | null {
  const { invoice } = situation;
  if (invoice === null) return told === 'deleted' ? null : `has no invoice ${invoiceId}`;
  if (told === 'deleted' && invoice.visibility === 'active')
    return `shows invoice ${invoice.number}, and told that it was deleted`;
  if (told === 'sent' && invoice.standing === 'draft')
    return `shows invoice ${invoice.number} as a draft, and told that it was sent`;
  return null;
}

/** Null: debits were put on record, which decide from now on. */
async function lookAndAct(job: Job, news: InvoiceNews): Promise<FlowResult | null> {
  const { invoiceId } = news;
  const situation = await currentSituation(job, invoiceId);
  const says = behind(news, situation);
  if (says !== null) throw notShown({ provider: 'FreshBooks', operation: 'getInvoice', says });
  const result = await act(job, { invoiceId, situation });
  if (result === null) return null;
  // Money that came before its invoice is matched anew when the invoice may be the one.
  const waiting = situation.kind === 'leave' ? [] : await unmatchedFor(job, situation.invoice);
  // What is asked about the same risk takes the place of the question about what was gone.
  const isStopOver = situation.kind !== 'stopped' && !asksAboutRisk(result);
  const over = isStopOver ? [settlesStop(invoiceId)] : [];
  return { ...result, effects: [...result.effects, ...over, reruns(waiting)] };
}

function asksAboutRisk({ effects }: FlowResult): boolean {
  return effects.some((effect) => effect.kind === 'opens' && effect.review.kind === 'double_payment_risk');
}

/** Nothing but the business's mode is in the way of a debit: what was asked before is answered. */
function heldBack({ id }: Invoice, held: WriteHeldError): FlowResult {
  const waiting = waitForGoLive(held);
  if (held.write?.kind !== 'debit') return waiting;
  return { ...waiting, effects: [settles(OBSTACLES, invoiceSubject(id), waiting.reason)] };
}

function act(
  job: Job,
  { invoiceId, situation }: { invoiceId: string; situation: Situation },
): Promise<FlowResult | null> {
  switch (situation.kind) {
    case 'leave':
      return orWaitForGoLive(() => leaveInvoice(job, { invoiceId, ...situation }));
    case 'stopped':
      return orWaitForGoLive(() => stopped(job, situation));
    case 'advance':
      return orWaitForGoLive(
        () => advance(job, situation),
        (held) => heldBack(situation.invoice, held),
      );
  }
}

/** Before another debit is made, those that had ended are looked at, and those that are not going to be taken. */
async function currentSituation(job: Job, invoiceId: string): Promise<Situation> {
  const { collections } = job.store;
  const before = await collections.ofInvoice(invoiceId);
  const debits = (await endLostLinks(job, before)) ? await collections.ofInvoice(invoiceId) : before;
  const situation = await situationOf(job, invoiceId, { debits });
  if (situation.kind !== 'advance' || situation.existing.kind !== 'free') return situation;
  return (await followRevived(job, debits)) ? situationOf(job, invoiceId) : situation;
}

async function leaveInvoice(
  job: Job,
  { invoiceId, eligibility, current, isUnderWay }: Leaving,
): Promise<FlowResult> {
  const { because, reason, tooLate: kind } = eligibility;
  const cancelled: number[] = [];
  const tooLate: Question[] = [];
  for (const collection of current) {
    const withdrawal = await withdraw(job, collection);
    if (withdrawal.kind !== 'too-late') cancelled.push(collection.attempt);
    else if (!(await turnsOutBooked(job, collection)))
      tooLate.push(tooLateQuestion({ collection, debit: withdrawal.debit, kind, why: reason }));
  }
  const looked = { asks: null, isUnderWay: isUnderWay && cancelled.length < current.length, fits: false };
  const [first, ...others] = tooLate;
  if (first !== undefined) return asked(job, { invoiceId, question: asOne(first, others) });
  const left: FlowResult =
    cancelled.length === 0
      ? skipped(because, reason)
      : {
          state: 'done',
          reason: `${reason}; debit of attempt ${cancelled.join(', ')} cancelled`,
          effects: [],
        };
  return settling(left, invoiceId, current.length === 0 ? { ...looked, isUnderWay } : looked);
}

/** A question about debits that are under way. */
async function asked(
  job: Job,
  { invoiceId, question }: { invoiceId: string; question: Question },
): Promise<FlowResult> {
  const result = await ask(job, question);
  return settling(result, invoiceId, { asks: question.kind, isUnderWay: true, fits: false });
}

/** An invoice that is not ours to collect. */
interface Leaving extends Omit<Extract<Situation, { kind: 'leave' }>, 'kind'> {
  readonly invoiceId: string;
}

/**
 * A create call that was never answered, whose debit was found only now: it may be the very money that paid the invoice,
 * booked under its GoCardless id before we knew that id.
 */
async function turnsOutBooked(
  context: FlowContext,
  { id, paymentId, invoiceId }: Collection,
): Promise<boolean> {
  if (paymentId !== null) return false;
  const known = await knownCollections(context, invoiceId);
  return known.some(
    ({ collection, booked }) => collection.id === id && (booked === 'booked' || booked === 'in-doubt'),
  );
}

async function advance(
  job: Job,
  { invoice, existing }: Extract<Situation, { kind: 'advance' }>,
): Promise<FlowResult | null> {
  switch (existing.kind) {
    case 'free':
      return chooseAndCreate(job, {
        invoice,
        attempt: existing.nextAttempt,
        last: existing.last,
      });
    case 'resume':
      return resume(job, { invoice, collection: existing.collection });
    case 'enough':
      return enough(job, { invoice, collection: existing.collection });
    case 'replace':
      return replace(job, { invoice, ...existing });
    case 'too-late':
      return asked(job, {
        invoiceId: invoice.id,
        question: unfitQuestion(existing.collection, existing.wanted),
      });
    case 'several':
      return asked(job, {
        invoiceId: invoice.id,
        question: severalQuestion(existing.collections),
      });
  }
}

/** Why an invoice needs no further debit. */
export function enoughReason(collection: Collection): string {
  const debit = collection.paymentId ?? `planned by ${collection.scheduleId ?? 'us'}`;
  return `already being collected: debit ${debit}, ${collection.state}`;
}

async function enough(
  job: Job,
  { invoice, collection }: { invoice: Invoice; collection: Collection },
): Promise<FlowResult | null> {
  const { invoiceId, paymentId, state, origin } = collection;
  const fits = sameMoney(invoice.outstanding, collection.amount);
  const collected: FlowResult = { state: 'done', reason: enoughReason(collection), effects: [] };
  const result = settling(collected, invoiceId, { asks: null, isUnderWay: true, fits });
  const isDue = (state === 'confirmed' || state === 'paid_out') && isBookable(state, job.business.policy);
  const debit = isDue && paymentId !== null ? await job.debits.getDebit(paymentId) : null;
  return debit === null ? result : bookCollected(job, { debit, invoiceId, origin, result });
}

/** An earlier run planned a debit; whether its call went out decides if it may still be changed. */
function resume(
  job: Job,
  { invoice, collection }: { invoice: Invoice; collection: Collection },
): Promise<FlowResult | null> {
  if (collection.calledAt !== null) return sendDebit(job, { collection, invoice });
  return chooseAndCreate(job, { invoice, attempt: collection.attempt, last: collection });
}

async function replace(
  job: Job,
  { invoice, collection, wanted }: { invoice: Invoice; collection: Collection; wanted: Wanted },
): Promise<FlowResult | null> {
  const withdrawal = await withdraw(job, collection);
  if (withdrawal.kind === 'too-late') {
    const question = unfitQuestion(collection, wanted, withdrawal.debit);
    return asked(job, { invoiceId: invoice.id, question });
  }
  const attempts = await job.store.collections.ofInvoice(invoice.id);
  const last = attempts.find(({ id }) => id === collection.id) ?? collection;
  const attempt = Math.max(...attempts.map((one) => one.attempt)) + 1;
  return chooseAndCreate(job, { invoice, attempt, last });
}

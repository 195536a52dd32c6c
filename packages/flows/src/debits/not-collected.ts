import {
  type Collection,
  type Effect,
  type FlowContext,
  formatMoney,
  hasEnded,
  type Invoice,
  type Job,
  opens,
  rerunsInvoices,
  settles,
  step,
} from '@mlc/core';
import { decideEligibility } from './eligibility.ts';
import { inFlight, knownCollections } from './in-flight.ts';
import { isAnswered, type Question, toldToGoAhead } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { type UnbookedEnd, unbookedEnd } from './unbooked-end.ts';

/** What is to be asked when the debit of a collection came to nothing; amounts as they are now. */
export function notCollectedQuestion(
  invoice: Pick<Invoice, 'id' | 'number' | 'outstanding'>,
  collection: Collection,
  end: UnbookedEnd,
): Question {
  const { amount } = collection;
  const name = nameOf(collection);
  const on = end.step === null ? '' : ` on ${end.step.at.slice(0, 10)}`;
  const why = end.step?.why === undefined ? '' : `: ${end.step.why}`;
  return {
    kind: 'not_collected',
    subject: invoiceSubject(invoice.id),
    amount,
    reasons: [
      `${name} of ${formatMoney(amount)} for invoice ${invoice.number} ${howItEnded(collection, end)}${on}${why}.`,
      `Nothing is repeated by itself, and nothing else collects the invoice (${formatMoney(invoice.outstanding)} outstanding).`,
      whatToDo(end),
      'Done or ignore leaves the invoice uncollected.',
    ],
    covers: coveredBy(collection, end),
  };
}

function whatToDo({ mandate }: UnbookedEnd): string {
  if (mandate !== null && hasEnded(mandate)) {
    return (
      `Mandate ${mandate.id} is ${mandate.status}: the client has to set up a new one, from which the invoice is then collected by ` +
      'itself. After a reinstatement, resolve this with retry (or mlc collections release) to debit it again, or retry the ' +
      'payment in GoCardless, which is followed.'
    );
  }
  return (
    'To debit the mandate again, resolve this with retry (or mlc collections release); a retry of the payment in GoCardless is ' +
    'followed. From a new mandate of the client the invoice is collected by itself.'
  );
}

/** This end of this debit: the next attempt, and another end after a retry, are other questions. */
function coveredBy(collection: Collection, { retries }: UnbookedEnd): string {
  return `${nameOf(collection)}, try ${retries + 1}`;
}

function nameOf({ paymentId, scheduleId }: Collection): string {
  return paymentId === null ? `Debit of ${scheduleId ?? 'us'}` : `Debit ${paymentId}`;
}

function howItEnded({ state, paymentId }: Collection, { step }: UnbookedEnd): string {
  if (paymentId === null) return 'will not be taken: its subscription or schedule ended or changed';
  if (step?.action === 'customer_approval_denied') return 'was refused by the payer';
  if (state === 'cancelled') return 'was cancelled at GoCardless, not by us,';
  return state === 'charged_back' ? 'was charged back before it was booked' : 'failed';
}

/**
 * A debit ended that was not booked: a person is asked, when the invoice is still to be collected and nothing else does that.
 * `collection` is as it is now, on record or about to be. Returns what is to be recorded.
 */
export async function askNotCollected(job: Job, collection: Collection): Promise<readonly Effect[]> {
  const end = await unbookedEnd(job, collection);
  if (end === null) return [];
  const invoice = await uncollected(job, collection, end);
  if (invoice === null) return [];
  const question = notCollectedQuestion(invoice, collection, end);
  if (await toldToGoAhead(job, question)) return [rerunsInvoices([collection.invoiceId])];
  if (await isAnswered(job, question)) return [];
  return [opens({ candidates: [], eventId: job.event.id, ...question })];
}

/** The invoice, when it is still to be collected and no other debit of it lives or ended since. */
async function uncollected(
  context: FlowContext,
  collection: Collection,
  end: UnbookedEnd,
): Promise<Invoice | null> {
  const { invoiceId, id } = collection;
  const known = await knownCollections(context, invoiceId);
  if (inFlight(known.filter((one) => one.collection.id !== id)) !== null) return null;
  const newest = known.at(-1)?.collection;
  if (newest !== undefined && newest.attempt > collection.attempt && !isSince(newest, end)) return null;
  const invoice = await context.books.getInvoice(invoiceId);
  const optOut = invoice === null ? null : await context.store.clients.optOut(invoiceId, invoice.clientId);
  const { policy } = context.business;
  return decideEligibility({ invoice, policy, optOut }).kind === 'collect' ? invoice : null;
}

/** Whether the debit ended after the newer one was sent: it was tried again in between. */
function isSince({ calledAt }: Collection, { step }: UnbookedEnd): boolean {
  return step !== null && calledAt !== null && Date.parse(step.at) > calledAt.getTime();
}

/** The debit runs again, or its money is there: what was asked about its end is over. */
export function settlesNotCollected(
  { debitId, invoiceId }: { readonly debitId: string; readonly invoiceId: string },
  why: string,
): Effect {
  const subject = invoiceSubject(invoiceId);
  return step('looks', async (tx) => {
    const open = (await tx.reviews.openOn(subject)).find(({ kind }) => kind === 'not_collected');
    const isAbout = open?.covers?.startsWith(`Debit ${debitId},`) === true;
    return isAbout ? [settles(['not_collected'], subject, why)] : [];
  });
}

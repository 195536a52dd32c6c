import { type Collection, firstChargeDate, type FlowContext, formatMoney, type Invoice } from '@mlc/core';
import { type Displaced, displacedFrom, type OnInvoice, onInvoiceOf } from '../debits/entries-on.ts';
import {
  allInFlight,
  isWithdrawable,
  type KnownCollection,
  knownCollections,
  runningOf,
} from '../debits/in-flight.ts';
import { type Question, toldToGoAhead } from '../asking/review.ts';
import { invoiceName } from '../running/subjects.ts';
import { decideExisting, type ExistingDecision } from './decide.ts';
import { decideEligibility, type Leave } from '../debits/eligibility.ts';
import { wasDueOtherwise, type Wanted } from './fit.ts';
import { displacedQuestion, setAsideQuestion } from './questions.ts';

/** Where an invoice and its debits stand: the first three rows of the table in design section 4. */
export type Situation =
  | {
      readonly kind: 'leave';
      /** Null: FreshBooks has none of that id. */
      readonly invoice: Invoice | null;
      readonly eligibility: Leave;
      /** The debits under way that should not be taken any more, oldest first. */
      readonly current: readonly Collection[];
      /** A debit lives whose money is not in the books, be it too late to take it back. */
      readonly isUnderWay: boolean;
    }
  | {
      /** A person's step took money off the invoice: no debit is made by itself. */
      readonly kind: 'stopped';
      readonly invoice: Invoice;
      readonly stop: Stop;
      /** The debit under way that does not fit any more; null when there is none. */
      readonly current: Collection | null;
    }
  | { readonly kind: 'advance'; readonly invoice: Invoice; readonly existing: ExistingDecision };

/** `aside`: the money waits for its place · `asked`: the question about entries that are gone. */
export type Stop =
  { readonly kind: 'aside'; readonly why: string } | { readonly kind: 'asked'; readonly question: Question };

/**
 * Looks without changing anything; `read` is what the run knows already. First at what is booked, then at the invoice: the other way round a payment that
 * arrives in between would count as booked and still stand in the outstanding amount, which would be collected again.
 */
export async function situationOf(
  context: FlowContext,
  invoiceId: string,
  read: { readonly debits?: readonly Collection[]; readonly invoice?: Invoice } = {},
): Promise<Situation> {
  const standing = onInvoiceOf(context, invoiceId, read.debits);
  const known = await knownCollections(context, invoiceId, standing);
  const invoice = read.invoice ?? (await context.books.getInvoice(invoiceId));
  const optOut = invoice === null ? null : await context.store.clients.optOut(invoiceId, invoice.clientId);
  const eligibility = decideEligibility({ invoice, policy: context.business.policy, optOut });
  if (eligibility.kind === 'leave') {
    const current = allInFlight(known).map(({ collection }) => collection);
    return {
      kind: 'leave',
      invoice,
      eligibility,
      current: current.filter(isWithdrawable),
      isUnderWay: current.length > 0,
    };
  }
  if (invoice === null) throw new Error(`invoice ${invoiceId} does not exist and is to be collected`);
  const wanted = await wantedBy(context, invoice, known);
  const existing = decideExisting(known, wanted);
  if (!startsDebit(existing)) return { kind: 'advance', invoice, existing };
  const stop = await stopBy(context, invoice, { standing, known });
  if (stop === null) return { kind: 'advance', invoice, existing };
  return { kind: 'stopped', invoice, stop, current: existing.kind === 'free' ? null : existing.collection };
}

async function wantedBy(
  context: FlowContext,
  { outstanding, clientId, dueDate }: Invoice,
  known: readonly KnownCollection[],
): Promise<Wanted> {
  const isByDate = context.business.policy.chargeDate === 'due-date';
  const charge = isByDate ? { dueDate, earliest: await earliestOf(context, dueDate, known) } : null;
  return { outstanding, clientId, creditorId: context.debits.creditorId, charge };
}

/** The first day the mandate of the running debit allows; asked for only when the due date moved. */
async function earliestOf(
  context: FlowContext,
  dueDate: string | null,
  known: readonly KnownCollection[],
): Promise<string | null> {
  const moved = runningOf(known).find((collection) => wasDueOtherwise(collection, dueDate));
  if (moved === undefined) return null;
  const mandate = await context.debits.getMandate(moved.mandateId);
  return mandate === null ? null : firstChargeDate(mandate);
}

function startsDebit(
  existing: ExistingDecision,
): existing is Extract<ExistingDecision, { kind: 'free' | 'resume' | 'replace' }> {
  return existing.kind === 'free' || existing.kind === 'resume' || existing.kind === 'replace';
}

/** What of the invoice's money was displaced by a person, unless a person said to collect it all the same. */
async function stopBy(
  context: FlowContext,
  invoice: Invoice,
  { standing, known }: { standing: OnInvoice; known: readonly KnownCollection[] },
): Promise<Stop | null> {
  const displaced = [
    ...(await displacedFrom(context, invoice.id, standing)),
    ...(await bookedElsewhere(context, invoice, known)),
  ];
  for (const one of displaced) {
    if (one.kind !== 'aside') continue;
    const isReleased = await toldToGoAhead(context, setAsideQuestion(invoice, one));
    if (!isReleased) return { kind: 'aside', why: one.why };
  }
  const gone = displaced.filter(({ kind }) => kind !== 'aside');
  if (gone.length === 0) return null;
  const question = displacedQuestion(invoice, gone);
  return (await toldToGoAhead(context, question)) ? null : { kind: 'asked', question };
}

/**
 * Debits that were made for this invoice and this client, never stood on it, and whose money is another invoice's by now. What
 * a person took off this one and placed there is as they said.
 */
async function bookedElsewhere(
  context: FlowContext,
  invoice: Invoice,
  known: readonly KnownCollection[],
): Promise<Displaced[]> {
  const elsewhere = known.filter(
    ({ collection: { origin, clientId }, booked }) =>
      booked === 'elsewhere' && origin !== 'matched' && clientId === invoice.clientId,
  );
  const displaced: Displaced[] = [];
  for (const { collection } of elsewhere) {
    const paymentId = collection.paymentId ?? '';
    const postings = await context.store.postings.ofSource('gocardless', paymentId);
    if (postings.some(({ invoiceId }) => invoiceId === invoice.id)) continue;
    const newest = postings.findLast(({ kind }) => kind === 'payment');
    const where = newest === undefined ? 'another one' : invoiceName(newest);
    const why = `Debit ${paymentId} of ${formatMoney(collection.amount)} was made for it and is booked on invoice ${where}`;
    displaced.push({ kind: 'moved', place: paymentId, why });
  }
  return displaced;
}

import {
  type Collection,
  type CollectionState,
  type FlowContext,
  isLive,
  noteCarriesKey,
  type Posting,
} from '@mlc/core';
import { takenBackByHand } from '../booking/by-hand.ts';
import { type OnInvoice, onInvoiceOf } from './entries-on.ts';

/** A collection of the invoice and whether its money already stands in the books. */
export interface KnownCollection {
  readonly collection: Collection;
  /**
   * `none`: not booked · `in-doubt`: being booked or taken back, nobody knows yet how that ended · `booked`: its payment is
   * in the books · `gone`: it was, and somebody removed it, or a person took it back (`displacedFrom`) · `elsewhere`: its
   * money is another invoice's.
   */
  readonly booked: 'none' | 'in-doubt' | 'booked' | 'gone' | 'elsewhere';
}

/** Live collections whose money is not in the books yet, oldest first. */
export function allInFlight(known: readonly KnownCollection[]): KnownCollection[] {
  return known.filter(
    ({ collection, booked }) => isLive(collection) && (booked === 'none' || booked === 'in-doubt'),
  );
}

/** The newest of them; null when there is none. */
export function inFlight(known: readonly KnownCollection[]): KnownCollection | null {
  return allInFlight(known).at(-1) ?? null;
}

/** Planned and never asked for: nothing of it exists anywhere. */
export function isOnlyPlanned({ state, origin, calledAt }: Collection): boolean {
  return state === 'planned' && origin === 'ours' && calledAt === null;
}

/** Those of them that may each take the money: more than one is one too many. */
export function runningOf(known: readonly KnownCollection[]): Collection[] {
  return allInFlight(known)
    .filter(({ booked }) => booked === 'none')
    .map(({ collection }) => collection)
    .filter((collection) => !isOnlyPlanned(collection));
}

/** GoCardless cancels only `pending_submission`; what a schedule or a person made is not ours to cancel. */
export function canCancel(collection: Pick<Collection, 'state' | 'origin'>): boolean {
  return collection.state === 'pending_submission' && collection.origin === 'ours';
}

const BEFORE_MONEY: ReadonlySet<CollectionState> = new Set([
  'planned',
  'requested',
  'pending_submission',
  'submitted',
  'failed',
]);

/** True while withdrawing the debit could still matter: once confirmed it is payment-to-freshbooks' to book. */
export function isWithdrawable(collection: Collection): boolean {
  return BEFORE_MONEY.has(collection.state);
}

/**
 * The debits of an invoice, oldest first, each with where its money is. Read it before the invoice: what is `booked` is
 * then certainly not in its outstanding amount any more, however late an entry arrives.
 */
export async function knownCollections(
  context: FlowContext,
  invoiceId: string,
  standing: OnInvoice = onInvoiceOf(context, invoiceId),
): Promise<KnownCollection[]> {
  const known: KnownCollection[] = [];
  for (const collection of await standing.collections()) {
    const postings = await postingsOf(context, collection);
    known.push({ collection, booked: await bookedAs(collection, postings, standing) });
  }
  return known;
}

async function postingsOf(context: FlowContext, { paymentId }: Collection): Promise<readonly Posting[]> {
  return paymentId === null ? [] : context.store.postings.ofSource('gocardless', paymentId);
}

/** Whether the collection's money stands in the books, looked up there and not only in our own record. */
async function bookedAs(
  collection: Collection,
  postings: readonly Posting[],
  standing: OnInvoice,
): Promise<KnownCollection['booked']> {
  const payment = postings.findLast((posting) => posting.kind === 'payment');
  if (payment === undefined) return hasMoney(collection) ? bookedByOthers(collection, standing) : 'none';
  if (payment.state === 'rejected') return 'none';
  if (payment.state === 'reversed')
    return hasMoney(collection) && takenBackByHand(postings) !== null ? 'gone' : 'none';
  if (payment.state === 'posted' && payment.invoiceId !== collection.invoiceId) return 'elsewhere';
  const isInBooks = (await standing.payments()).some(
    ({ id, note }) => id === payment.externalId || noteCarriesKey(note, payment.key),
  );
  if (isInBooks) return 'booked';
  return payment.state === 'intent' || isBeingTakenBack(payment, postings) ? 'in-doubt' : 'gone';
}

/** By an entry that somebody else made and that was found to be it. */
async function bookedByOthers(
  { paymentId, origin }: Collection,
  standing: OnInvoice,
): Promise<KnownCollection['booked']> {
  const found = (await standing.found()).find(({ source }) => source.id === paymentId);
  if (found === undefined) return 'none';
  if ((await standing.payments()).some(({ id }) => id === found.bookPaymentId)) return 'booked';
  // One of our own is booked then; whose another one is was known by that entry only.
  return origin === 'ours' ? 'none' : 'gone';
}

function hasMoney({ state }: Collection): boolean {
  return state === 'confirmed' || state === 'paid_out';
}

function isBeingTakenBack(payment: Posting, postings: readonly Posting[]): boolean {
  return postings.some(({ kind, reversesKey }) => kind === 'reversal' && reversesKey === payment.key);
}

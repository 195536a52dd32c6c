import {
  type BookPayment,
  type Collection,
  ConnectorError,
  type FlowContext,
  formatMoney,
  type FoundEntry,
  foundStanding,
  isByHand,
  type Money,
  noteCarriesKey,
  onInvoiceMinor,
  type Posting,
} from '@mlc/core';
import { once } from '../running/once.ts';
import { sourceSubject } from '../running/subjects.ts';

/** What stands on an invoice, read once and only when somebody asks. */
export interface OnInvoice {
  /** Its debits, oldest first. */
  readonly collections: () => Promise<readonly Collection[]>;
  readonly payments: () => Promise<readonly BookPayment[]>;
  /** Somebody else's entries that were found to be money of ours, without what was lost since. */
  readonly found: () => Promise<readonly FoundEntry[]>;
}

/** What stands on this invoice; `debits` are its collections, where the run knows them. */
export function onInvoiceOf(
  context: FlowContext,
  invoiceId: string,
  debits?: readonly Collection[],
): OnInvoice {
  return {
    collections: once(() =>
      debits === undefined ? context.store.collections.ofInvoice(invoiceId) : Promise.resolve(debits),
    ),
    payments: once(() => context.books.listPayments(invoiceId)),
    found: once(() => foundOn(context, invoiceId)),
  };
}

/** Money that an entry in the books had brought onto an invoice, and that does not stand there (whole) any more. */
export interface Displaced {
  /**
   * `removed`, `moved`, `lessened`: somebody did that to the entry in FreshBooks · `aside`: a person took it back here
   * (`mlc postings reverse`), and the money waits for its place.
   */
  readonly kind: 'removed' | 'moved' | 'lessened' | 'aside';
  /** What an answer about it covers, together with the kind. */
  readonly place: string;
  /** What happened to which money; a clause. */
  readonly why: string;
}

/**
 * What was on the invoice and is not any more, whatever its source: before another debit is made, everything that was booked
 * has to stand, or a person says so. Rejects with `not-ready` while nobody knows yet whether an entry of PayPal's is there.
 */
export async function displacedFrom(
  context: FlowContext,
  invoiceId: string,
  standing: OnInvoice,
): Promise<Displaced[]> {
  const postings = await context.store.postings.ofInvoice(invoiceId);
  refuseInDoubt(postings);
  const displaced: Displaced[] = [];
  for (const posting of postings.filter(isPayment)) {
    const one =
      posting.state === 'posted'
        ? await ofPosting(context, { posting, postings, standing })
        : await setAside(context, { posting, postings });
    if (one !== null) displaced.push(one);
  }
  for (const found of await standing.found()) {
    const one = await displacement(context, { ...found, key: null }, standing);
    if (one !== null) displaced.push(one);
  }
  return displaced;
}

function isPayment({ kind }: Posting): boolean {
  return kind === 'payment';
}

/** A debit's own entry in doubt is looked at with the debit (`knownCollections`). */
function refuseInDoubt(postings: readonly Posting[]): void {
  const open = postings.find(({ source, state, kind }) => {
    const isOfInvoice = kind === 'payment' || kind === 'reversal';
    return isOfInvoice && state === 'intent' && source.provider !== 'gocardless';
  });
  if (open === undefined) return;
  const what = open.kind === 'payment' ? 'booked on' : 'taken back from';
  throw new ConnectorError({
    kind: 'not-ready',
    provider: 'freshbooks',
    operation: 'createDebit',
    message: `PayPal ${open.source.id} is being ${what} this invoice, and how that ends is not known yet`,
  });
}

interface OfPosting {
  readonly posting: Posting;
  readonly postings: readonly Posting[];
}

async function ofPosting(
  context: FlowContext,
  { posting, postings, standing }: OfPosting & { readonly standing: OnInvoice },
): Promise<Displaced | null> {
  const { key, source, amount, externalId } = posting;
  // How a reversal that was begun ends is not known: the debit's own events say so.
  if (postings.some(({ reversesKey, state }) => reversesKey === key && state === 'intent')) return null;
  if (!(await isHere(context, source))) return null;
  return displacement(context, { key, source, amount, bookPaymentId: externalId ?? '' }, standing);
}

/** An entry of ours, or one that was found; `key` is null for the latter. */
interface Entry {
  readonly key: string | null;
  readonly source: { readonly provider: string; readonly id: string };
  readonly amount: Money;
  readonly bookPaymentId: string;
}

async function displacement(
  context: FlowContext,
  entry: Entry,
  standing: OnInvoice,
): Promise<Displaced | null> {
  const { key, source, amount, bookPaymentId } = entry;
  const isIt = ({ id, note }: BookPayment): boolean =>
    id === bookPaymentId || (key !== null && noteCarriesKey(note, key));
  const money = `${moneyName(source)} of ${formatMoney(amount)}`;
  const place = key ?? `${source.provider}:${source.id}`;
  const payment = (await standing.payments()).find(isIt);
  if (payment === undefined) {
    const { kind, what } = await whereabouts(context, bookPaymentId);
    return { kind, place, why: `${money} paid it, but its payment ${bookPaymentId} ${what}` };
  }
  // FreshBooks itself made a client credit of what was too much.
  if (payment.amount.minor >= amount.minor || payment.overpaymentId !== null) return null;
  const left = formatMoney(payment.amount);
  return {
    kind: 'lessened',
    place,
    why: `${money} paid it, but payment ${payment.id} was changed to ${left}`,
  };
}

async function whereabouts(
  context: FlowContext,
  bookPaymentId: string,
): Promise<{ kind: 'removed' | 'moved'; what: string }> {
  const payment = await context.books.getPayment(bookPaymentId);
  if (payment === null || payment.deleted)
    return { kind: 'removed', what: 'was removed from FreshBooks by hand' };
  const number = (await context.books.getInvoice(payment.invoiceId))?.number ?? payment.invoiceId;
  return { kind: 'moved', what: `was moved to invoice ${number} in FreshBooks` };
}

function moneyName({ provider, id }: Entry['source']): string {
  return provider === 'paypal' ? `PayPal payment ${id}` : `Debit ${id}`;
}

/** A payment that a person took back, and whose money is still here and stands nowhere; null for any other. */
async function setAside(context: FlowContext, { posting, postings }: OfPosting): Promise<Displaced | null> {
  const { key, source, amount } = posting;
  const reversal = postings.find(({ reversesKey }) => reversesKey === key);
  if (posting.state !== 'reversed' || reversal === undefined || !isByHand(reversal)) return null;
  if (!(await waitsForPlace(context, posting))) return null;
  const why = `${formatMoney(amount)} of ${moneyName(source)} was taken off it by hand and stands on no invoice`;
  return { kind: 'aside', place: reversal.key, why };
}

async function waitsForPlace({ store }: FlowContext, { key, source }: Posting): Promise<boolean> {
  const all = await store.postings.ofSource(source.provider, source.id);
  if (all.findLast(isPayment)?.key !== key) return false;
  if (onInvoiceMinor(await store.ledger.ofSource(sourceSubject(source))) > 0n) return false;
  return isHere({ store }, source);
}

/** The money of a debit that failed, or runs once more, is not here. */
async function isHere({ store }: Pick<FlowContext, 'store'>, source: Posting['source']): Promise<boolean> {
  if (source.provider !== 'gocardless') return true;
  const collection = await store.collections.byPayment(source.id);
  return collection === null || collection.state === 'confirmed' || collection.state === 'paid_out';
}

/** Before there was a ledger. */
const EVER = '0001-01-01';

/** Somebody else's entries on the invoice that were found to be money of ours, without what was lost since. */
async function foundOn(context: FlowContext, invoiceId: string): Promise<FoundEntry[]> {
  const { ledger } = context.store;
  const all: FoundEntry[] = [];
  for (const found of foundStanding(await ledger.ofInvoice(invoiceId, EVER)))
    if (onInvoiceMinor(await ledger.ofSource(found.source)) > 0n) all.push(found);
  return all;
}

import { BANK, clearingOf, CONVERSION, RECEIVABLES, UNALLOCATED } from '../ledger/accounts.ts';
import { feeEntry, type PaymentFact, refundEntry, unallocatedEntry } from '../ledger/entries.ts';
import { openingMinor, stoodOnInvoice, unallocatedMinor } from '../ledger/standing.ts';
import type { LedgerEntry, NewLedgerEntry } from '../ledger/entry.ts';
import type { Money } from '../money/money.ts';
import type { Payout, PayoutItem } from '../ports/payouts.ts';
import type { Subject } from '../ports/subject.ts';
import { feesMinorOf, meaningOf, sumsOf } from './explain.ts';
import { wholeAmounts } from './whole-amounts.ts';

const PROVIDER = 'gocardless';

/** What a payout is booked by. */
export interface PayoutToBook {
  readonly payout: Payout;
  /** They add up to the payout. */
  readonly items: readonly PayoutItem[];
  /** YYYY-MM-DD: when it arrived at the bank. */
  readonly date: string;
  /** Entries of each payment in it so far. */
  readonly earlier: ReadonlyMap<string, readonly LedgerEntry[]>;
  readonly eventId: string;
}

/**
 * Every transfer a payout means: its way to the bank, its fees as one, and what no invoice of ours explains. What the
 * payments on invoices brought or took stands in the ledger already, or will (`collectionEntries` takes it back then).
 */
export function payoutEntries(toBook: PayoutToBook): NewLedgerEntry[] {
  return [...bankEntries(toBook), ...feesEntry(toBook), ...itemEntries(toBook)];
}

/** A payout that came back from the bank: only its way there is undone, on the day it came back. */
export function payoutReturnEntries({
  payout,
  date,
  eventId,
}: Pick<PayoutToBook, 'payout' | 'date' | 'eventId'>): NewLedgerEntry[] {
  return bankEntries({ payout, date, eventId }).map((entry) => ({
    ...entry,
    key: entry.key.replace(':', '-return:'),
    kind: entry.kind === 'payout' ? 'payout-return' : entry.kind,
    debit: entry.credit,
    credit: entry.debit,
    note: `payout ${payout.id} came back from the bank`,
  }));
}

/** Dr bank, Cr clearing; over the conversion account when it was exchanged. The mirror when the payout is negative. */
function bankEntries({
  payout,
  date,
  eventId,
}: Pick<PayoutToBook, 'payout' | 'date' | 'eventId'>): NewLedgerEntry[] {
  const { id, net, exchange, reference } = payout;
  const about = { ...aboutPayout({ payout, date, eventId }), note: `payout ${id} ${reference ?? ''}`.trim() };
  const sent = transfer({ ...about, key: `payout:${PROVIDER}:${id}`, kind: 'payout' as const }, net, {
    debit: exchange === null ? BANK : CONVERSION,
    credit: clearingOf(PROVIDER),
  });
  if (exchange === null) return sent;
  const { currency, amountMinor, rate } = exchange;
  const note = `${about.note}, exchanged at ${rate ?? 'a rate not told'}`;
  const arrived: Money = { minor: amountMinor ?? 0n, currency };
  const key = `conversion:${PROVIDER}:${id}`;
  return [
    ...sent,
    ...transfer({ ...about, key, kind: 'conversion' as const, note }, arrived, {
      debit: BANK,
      credit: CONVERSION,
    }),
  ];
}

function feesEntry({ payout, items, date, eventId }: PayoutToBook): NewLedgerEntry[] {
  const minor = feesMinorOf(payout.net.minor, sumsOf(items));
  if (minor === 0n) return [];
  const amount = { ...payout.net, minor };
  const fact = { source: payoutSubject(payout.id), amount, factDate: date, eventId };
  const note = `fees of payout ${payout.id}, tax included`;
  return [feeEntry(fact, { place: `${PROVIDER}:${payout.id}`, payoutId: payout.id, note })];
}

function itemEntries(toBook: PayoutToBook): NewLedgerEntry[] {
  const earlier = new Map(toBook.earlier);
  const amounts = wholeAmounts(toBook.items);
  const entries: NewLedgerEntry[] = [];
  for (const [position, item] of toBook.items.entries()) {
    const minor = amounts[position] ?? 0n;
    if (minor === 0n) continue;
    const known = item.paymentId === null ? [] : (earlier.get(item.paymentId) ?? []);
    const entry = itemEntry(toBook, { item, position, minor, known });
    if (entry === null) continue;
    entries.push(entry);
    if (item.paymentId !== null) earlier.set(item.paymentId, [...known, entry]);
  }
  return entries;
}

interface Line {
  readonly item: PayoutItem;
  readonly position: number;
  /** Its amount in whole minor units; not 0. */
  readonly minor: bigint;
  /** Entries of its payment so far. */
  readonly known: readonly LedgerEntry[];
}

/** Null for what is explained by other entries. */
function itemEntry(toBook: PayoutToBook, line: Line): NewLedgerEntry | null {
  const { payout, date: factDate, eventId } = toBook;
  const { item, position, minor, known } = line;
  const place = `${PROVIDER}:${payout.id}:${position}`;
  const note = `${item.type} of ${sourceOf(payout, item).id} in payout ${payout.id}`;
  const fact = { source: sourceOf(payout, item), amount: { ...payout.net, minor }, factDate, eventId };
  const where = { place, payoutId: payout.id, note };
  switch (meaningOf(item.type)) {
    case 'fee':
      return null;
    case 'paid-out':
      return isExplained(known, 1n) ? null : unallocatedEntry(fact, where);
    case 'taken-back':
      return isExplained(known, -1n) && unallocatedMinor(known) === 0n ? null : unallocatedEntry(fact, where);
    case 'refund':
      return refundOf({ ...fact, amount: { ...fact.amount, minor: -minor } }, where, known);
    case 'movement':
    case 'unknown':
      return movementEntry(toBook, line);
  }
}

/**
 * True when other entries say what an item brings (1n) or takes (-1n): the payment stood on an invoice, or was under way in
 * that direction at go-live. One that was only under way then has no reversal in the ledger when it fails later.
 */
function isExplained(known: readonly LedgerEntry[], sign: 1n | -1n): boolean {
  return known.some(({ kind }) => kind === 'collection') || openingMinor(known) * sign > 0n;
}

/** Of a payment that never stood on an invoice it is unallocated money, whether or not anything is known of it yet. */
function refundOf(
  fact: PaymentFact,
  where: Parameters<typeof refundEntry>[1],
  known: readonly LedgerEntry[],
): NewLedgerEntry {
  const entry = refundEntry(fact, where, []);
  if (stoodOnInvoice(known)) return entry;
  const moved = (account: string): string => (account === RECEIVABLES ? UNALLOCATED : account);
  return { ...entry, debit: moved(entry.debit), credit: moved(entry.credit) };
}

/** Money that is neither a payment, a refund nor a fee. About the payout: its payments may be other merchants'. */
function movementEntry(toBook: PayoutToBook, { item, position, minor }: Line): NewLedgerEntry | null {
  const { payout } = toBook;
  const unknown = meaningOf(item.type) === 'unknown' ? 'a kind of item not known here: ' : '';
  const [entry] = transfer(
    {
      ...aboutPayout(toBook),
      key: `movement:${PROVIDER}:${payout.id}:${position}`,
      kind: 'movement' as const,
      note: `${unknown}${item.type} ${item.paymentId ?? ''} in payout ${payout.id}`,
    },
    { ...payout.net, minor },
    { debit: clearingOf(PROVIDER), credit: UNALLOCATED },
  );
  return entry ?? null;
}

/** The transfer, the other way round when the amount is negative; none of nothing. */
function transfer(
  about: Omit<NewLedgerEntry, 'amount' | 'debit' | 'credit'>,
  { minor, currency }: Money,
  { debit, credit }: { debit: string; credit: string },
): NewLedgerEntry[] {
  if (minor === 0n) return [];
  if (minor < 0n) return [{ ...about, amount: { minor: -minor, currency }, debit: credit, credit: debit }];
  return [{ ...about, amount: { minor, currency }, debit, credit }];
}

function aboutPayout({ payout, date, eventId }: Pick<PayoutToBook, 'payout' | 'date' | 'eventId'>) {
  return {
    provider: PROVIDER,
    date,
    factDate: date,
    source: payoutSubject(payout.id),
    invoiceId: null,
    postingKey: null,
    payoutId: payout.id,
    eventId,
  };
}

/** The payment an item is about, else its refund, else the payout. */
function sourceOf(payout: Payout, { paymentId, refundId }: PayoutItem): Subject {
  if (paymentId !== null) return { provider: PROVIDER, type: 'payment', id: paymentId };
  if (refundId !== null) return { provider: PROVIDER, type: 'refund', id: refundId };
  return payoutSubject(payout.id);
}

/** What questions and entries about a payout are about. */
export function payoutSubject(payoutId: string): Subject {
  return { provider: PROVIDER, type: 'payout', id: payoutId };
}

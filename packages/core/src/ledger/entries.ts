import type { Money } from '../money/money.ts';
import type { Posting } from '../ports/store.ts';
import type { Subject } from '../ports/subject.ts';
import { clearingOf, feesOf, RECEIVABLES, UNALLOCATED } from './accounts.ts';
import { isMirror, type LedgerEntry, mirrorOf, movementOf, type NewLedgerEntry } from './entry.ts';

/** What every entry about a provider's payment says. */
export interface PaymentFact {
  /** The GoCardless payment or PayPal capture. */
  readonly source: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly factDate: string;
  readonly eventId: string | null;
}

/**
 * A payment that stands on an invoice: Dr clearing, Cr receivables, gross. What had been kept as unallocated until now is
 * taken back: `earlier` are all entries of this payment so far.
 */
export function collectionEntries(
  fact: PaymentFact,
  posting: Pick<Posting, 'key' | 'date' | 'invoiceId'>,
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const collection: NewLedgerEntry = {
    ...aboutPayment(fact),
    key: `collection:${posting.key}`,
    kind: 'collection',
    debit: clearingOf(fact.source.provider),
    credit: RECEIVABLES,
    date: posting.date,
    invoiceId: posting.invoiceId,
    postingKey: posting.key,
    note: `${fact.source.id} on invoice ${posting.invoiceId ?? ''}`,
  };
  const why = 'the payment stands on an invoice';
  return [
    collection,
    ...openUnallocated(earlier).map((entry) => mirrorOf(entry, { eventId: fact.eventId, why })),
  ];
}

/** A payment taken back from its invoice: Dr receivables, Cr clearing. `posting` is the reversal. */
export function reversalEntry(
  fact: PaymentFact,
  posting: Pick<Posting, 'key' | 'date' | 'invoiceId'>,
  why: string,
): NewLedgerEntry {
  return {
    ...aboutPayment(fact),
    key: `reversal:${posting.key}`,
    kind: 'reversal',
    debit: RECEIVABLES,
    credit: clearingOf(fact.source.provider),
    date: posting.date,
    invoiceId: posting.invoiceId,
    postingKey: posting.key,
    note: `${fact.source.id}: ${why}`,
  };
}

/**
 * Money in (or, for a negative amount, out of) the provider's hands that stands on no invoice. `place` names what told of
 * it and makes the key unique: a payout and item, or the payment itself.
 */
export function unallocatedEntry(
  fact: PaymentFact,
  { place, payoutId, note }: { place: string; payoutId: string | null; note: string },
): NewLedgerEntry {
  const isOut = fact.amount.minor < 0n;
  const [into, from] = [clearingOf(fact.source.provider), UNALLOCATED];
  return {
    ...aboutPayment(fact),
    key: `unallocated:${place}`,
    kind: 'unallocated',
    debit: isOut ? from : into,
    credit: isOut ? into : from,
    amount: positive(fact.amount),
    date: fact.factDate,
    payoutId,
    note,
  };
}

/** A provider's fee: Dr fees, Cr clearing; a negative one is a fee given back. `place` makes the key unique. */
export function feeEntry(
  fact: PaymentFact,
  { place, payoutId, note }: { place: string; payoutId: string | null; note: string },
): NewLedgerEntry {
  const isBack = fact.amount.minor < 0n;
  const [fees, clearing] = [feesOf(fact.source.provider), clearingOf(fact.source.provider)];
  return {
    ...aboutPayment(fact),
    key: `fee:${place}`,
    kind: 'fee',
    debit: isBack ? clearing : fees,
    credit: isBack ? fees : clearing,
    amount: positive(fact.amount),
    date: fact.factDate,
    payoutId,
    note,
  };
}

/**
 * Money given back to a payer: Dr receivables (unallocated, when the payment never stood on an invoice), Cr clearing; a
 * negative amount is a refund that came back. `earlier` are all entries of the payment so far.
 */
export function refundEntry(
  fact: PaymentFact,
  { place, payoutId, note }: { place: string; payoutId: string | null; note: string },
  earlier: readonly LedgerEntry[],
): NewLedgerEntry {
  const isBack = fact.amount.minor < 0n;
  const from = stoodOnInvoice(earlier) || earlier.length === 0 ? RECEIVABLES : UNALLOCATED;
  const clearing = clearingOf(fact.source.provider);
  return {
    ...aboutPayment(fact),
    key: `refund:${place}`,
    kind: 'refund',
    debit: isBack ? clearing : from,
    credit: isBack ? from : clearing,
    amount: positive(fact.amount),
    date: fact.factDate,
    payoutId,
    note,
  };
}

/** True when the payment has ever stood on an invoice, be it that it was taken back since. */
export function stoodOnInvoice(entries: readonly LedgerEntry[]): boolean {
  return entries.some(({ kind }) => kind === 'collection' || kind === 'opening');
}

/** What of a payment stands as unallocated in the clearing account, in minor units. */
export function unallocatedMinor(entries: readonly LedgerEntry[]): bigint {
  return entries
    .filter(({ kind }) => kind === 'unallocated')
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
}

/** Unallocated entries that nothing has taken back. */
function openUnallocated(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const taken = new Set(entries.filter(isMirror).map(({ key }) => key));
  return entries.filter(
    (entry) =>
      entry.kind === 'unallocated' &&
      !isMirror(entry) &&
      !taken.has(mirrorOf(entry, { eventId: null, why: '' }).key),
  );
}

function aboutPayment({ source, amount, factDate, eventId }: PaymentFact) {
  return {
    provider: source.provider,
    amount,
    factDate,
    source,
    invoiceId: null,
    postingKey: null,
    payoutId: null,
    eventId,
  };
}

function positive(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount;
}

import type { Money } from '../money/money.ts';
import type { Posting } from '../ports/store.ts';
import type { Subject } from '../ports/subject.ts';
import { clearingOf, feesOf, OPENING, RECEIVABLES, UNALLOCATED } from './accounts.ts';
import { type LedgerEntry, mirrorOf, type NewLedgerEntry } from './entry.ts';
import { openEntries } from './open-entries.ts';
import { stoodOnInvoice } from './standing.ts';

/** What every entry about a provider's payment says. */
export interface PaymentFact {
  /** The GoCardless payment or PayPal capture. */
  readonly source: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly factDate: string;
  readonly eventId: string | null;
  /**
   * True when the provider's opening balance, one sum, holds the money already: it then comes out of equity:opening, not
   * into the clearing account a second time.
   */
  readonly isInOpeningBalance?: boolean;
  /** YYYY-MM-DD, the day the money was lost, by a payment taken back for it; left out: the day that is dated in the books. */
  readonly lostOn?: string;
}

/** Key of the collection that stands for a payment found in the books though we did not book it; it has no posting. */
export function foundKey(source: Subject): string {
  return `${FOUND}${source.provider}:${source.id}`;
}

const FOUND = 'found:';

/**
 * A payment that stands on an invoice: Dr clearing, Cr receivables, gross. What stood for it until now is taken back
 * (unallocated, an opening balance, an entry we had found), and its refunds move to the receivables: `earlier` are all
 * entries of this payment so far.
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
    debit: holderOf(fact),
    credit: RECEIVABLES,
    date: posting.date,
    invoiceId: posting.invoiceId,
    postingKey: posting.key.startsWith(FOUND) ? null : posting.key,
    note: `${fact.source.id} on invoice ${posting.invoiceId ?? ''}`,
  };
  const taken = { eventId: fact.eventId, why: 'the payment stands on an invoice' };
  return [
    collection,
    ...openEntries(earlier, stoodForIt).map((entry) => mirrorOf(entry, taken)),
    ...openEntries(earlier, isRefundOfUnallocated).flatMap((entry) => [
      mirrorOf(entry, taken),
      onReceivables(entry, fact.eventId),
    ]),
  ];
}

/** Where the money of a payment on an invoice is until a payout. */
function holderOf({ source, isInOpeningBalance }: PaymentFact): string {
  return isInOpeningBalance === true ? OPENING : clearingOf(source.provider);
}

function stoodForIt({ kind, key, debit, provider }: LedgerEntry): boolean {
  // What was owed at go-live is not what is collected now.
  const wasHeld = kind === 'opening' && debit === clearingOf(provider);
  return kind === 'unallocated' || wasHeld || isFound(key);
}

function isFound(key: string): boolean {
  return key.startsWith(`collection:${FOUND}`);
}

function isRefundOfUnallocated({ kind, debit, credit }: LedgerEntry): boolean {
  return kind === 'refund' && (debit === UNALLOCATED || credit === UNALLOCATED);
}

/** The same refund, had the payment stood on an invoice when it was told. */
function onReceivables(entry: LedgerEntry, eventId: string | null): NewLedgerEntry {
  const moved = (account: string): string => (account === UNALLOCATED ? RECEIVABLES : account);
  return {
    ...entry,
    key: `${entry.key}:on-invoice`,
    debit: moved(entry.debit),
    credit: moved(entry.credit),
    eventId,
  };
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
    credit: holderOf(fact),
    date: posting.date,
    invoiceId: posting.invoiceId,
    postingKey: posting.key,
    note: `${fact.source.id}: ${why}`,
  };
}

/** Where an entry was told of, which makes its key unique, and what people read. */
interface Told {
  readonly place: string;
  readonly payoutId: string | null;
  readonly note: string;
}

/**
 * Money in (or, for a negative amount, out of) the provider's hands that stands on no invoice. `place` is a payout and
 * item, or the payment itself.
 */
export function unallocatedEntry(fact: PaymentFact, told: Told): NewLedgerEntry {
  return signedEntry(fact, told, {
    kind: 'unallocated',
    to: clearingOf(fact.source.provider),
    from: UNALLOCATED,
  });
}

/** A provider's fee: Dr fees, Cr clearing; a negative one is a fee given back. */
export function feeEntry(fact: PaymentFact, told: Told): NewLedgerEntry {
  const { provider } = fact.source;
  return signedEntry(fact, told, { kind: 'fee', to: feesOf(provider), from: clearingOf(provider) });
}

/**
 * Money given back to a payer: Dr receivables (unallocated, when there are entries and the payment never stood on an
 * invoice: `collectionEntries` moves it when it does), Cr clearing; a negative amount is a refund that came back. `earlier`
 * are all entries of the payment so far.
 */
export function refundEntry(fact: PaymentFact, told: Told, earlier: readonly LedgerEntry[]): NewLedgerEntry {
  const to = stoodOnInvoice(earlier) || earlier.length === 0 ? RECEIVABLES : UNALLOCATED;
  return signedEntry(fact, told, { kind: 'refund', to, from: clearingOf(fact.source.provider) });
}

/** A transfer from one account to another, the other way round for a negative amount. */
function signedEntry(
  fact: PaymentFact,
  { place, payoutId, note }: Told,
  { kind, to, from }: { kind: 'unallocated' | 'fee' | 'refund'; to: string; from: string },
): NewLedgerEntry {
  const { minor, currency } = fact.amount;
  const isBack = minor < 0n;
  return {
    ...aboutPayment(fact),
    key: `${kind}:${place}`,
    kind,
    debit: isBack ? from : to,
    credit: isBack ? to : from,
    amount: { minor: isBack ? -minor : minor, currency },
    date: fact.factDate,
    payoutId,
    note,
  };
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

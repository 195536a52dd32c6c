import { clearingOf, RECEIVABLES, UNALLOCATED } from './accounts.ts';
import {
  collectionEntries,
  feeEntry,
  foundKey,
  type PaymentFact,
  refundEntry,
  reversalEntry,
  unallocatedEntry,
} from './entries.ts';
import { onInvoiceMinor, unallocatedMinor } from './standing.ts';
import { type LedgerEntry, mirrorOf, movementOf, type NewLedgerEntry } from './entry.ts';
import { freshKey, openEntries } from './open-entries.ts';
import type { Posting } from '../ports/store.ts';
import type { Money } from '../money/money.ts';

/**
 * A payment in the provider's hands that stands on no invoice, for now or for good. Nothing when that is on record or part
 * of the opening balance; an entry we had found in the books and that is not there any more is taken back.
 */
export function asideEntries(
  fact: PaymentFact,
  { place, note }: { place: string; note: string },
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const gone = { eventId: fact.eventId, why: 'it is not in the books any more' };
  const found = openEntries(earlier, (entry) => isFoundOf(entry, fact)).map((entry) => mirrorOf(entry, gone));
  const now = [...earlier, ...found];
  const isHeld = onInvoiceMinor(now) > 0n || unallocatedMinor(now) !== 0n;
  if (isHeld || fact.isInOpeningBalance === true) return found;
  const entry = unallocatedEntry(fact, { place, payoutId: null, note });
  return [...found, { ...entry, key: freshKey(entry.key, now) }];
}

function isFoundOf({ key }: LedgerEntry, { source }: PaymentFact): boolean {
  const base = `collection:${foundKey(source)}`;
  return key === base || key.startsWith(`${base}:`);
}

/** A payment that stands in the books though not by us. Nothing when the ledger has it on an invoice already. */
export function foundEntries(
  fact: PaymentFact,
  { invoiceId, bookPaymentId }: { invoiceId: string | null; bookPaymentId: string },
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  if (onInvoiceMinor(earlier) > 0n) return [];
  const posting = { key: foundKey(fact.source), date: fact.factDate, invoiceId };
  return collectionEntries(fact, posting, earlier).map((entry) =>
    entry.kind === 'collection' && entry.key === `collection:${posting.key}`
      ? {
          ...entry,
          key: freshKey(entry.key, earlier),
          note: `${fact.source.id}${FOUND_AS}${bookPaymentId}`,
        }
      : entry,
  );
}

/** Between payment and entry of the books in the note of what was found there. */
const FOUND_AS = ' found in the books as payment ';

/** The payments, by their ids at the provider, that were found to be this entry of the books; of entries on its invoice. */
export function foundToBe(bookPaymentId: string, entries: readonly LedgerEntry[]): readonly string[] {
  const isOfIt = ({ kind, note }: LedgerEntry): boolean =>
    kind === 'collection' && note.endsWith(`${FOUND_AS}${bookPaymentId}`);
  return openEntries(entries, isOfIt).map(({ source }) => source.id);
}

/** Money that was found in the books by somebody else's entry. */
export interface FoundEntry {
  /** The payment, by its id at the provider. */
  readonly source: LedgerEntry['source'];
  readonly amount: Money;
  readonly invoiceId: string | null;
  readonly bookPaymentId: string;
}

/** What of these entries was found in the books and counts as standing there. */
export function foundStanding(entries: readonly LedgerEntry[]): FoundEntry[] {
  return openEntries(entries, ({ kind, note }) => kind === 'collection' && note.includes(FOUND_AS)).map(
    ({ source, amount, invoiceId, note }) => ({
      source,
      amount,
      invoiceId,
      bookPaymentId: note.slice(note.indexOf(FOUND_AS) + FOUND_AS.length),
    }),
  );
}

/** Between refund and payment in the note of such a refund: the month-end report finds the invoice by it. */
export const GAVE_BACK_OF = ' gave back of ';

/** A refund that is a transaction of its own at the provider, and everything the ledger has of it and of its payment. */
export interface OwnRefund {
  /** The part of the provider's fee that came back with it; negative when it cost another one. */
  readonly fee: Money | null;
  readonly payment: PaymentFact['source'] | null;
  /** Its T-code, where a list of the provider told it. */
  readonly eventCode?: string | undefined;
  /** The refund's own entries so far. */
  readonly earlier: readonly LedgerEntry[];
  readonly paymentEntries: readonly LedgerEntry[];
}

/**
 * What brings the ledger to such a refund as it stands now (negative: money that had been given back and came back): Dr
 * receivables, Cr clearing, the fee that came back with it, and, while its payment stands on no invoice, the part of the
 * unallocated that it used up. That last one is of the payment, so that it is taken back with the rest when the payment
 * comes onto an invoice. Told again it changes nothing; told otherwise, the difference is made up for.
 */
export function ownRefundEntries(
  fact: PaymentFact,
  { fee, payment, eventCode, earlier, paymentEntries }: OwnRefund,
): NewLedgerEntry[] {
  const { provider, id } = fact.source;
  // A reversal can be listed under its payment's own id: two keys, where both cost a fee.
  const isApart = payment !== null && payment.id !== id;
  const place = isApart ? `${provider}:${id}` : `${provider}:${id}:refund`;
  const code = eventCode !== undefined && isChargeback(eventCode) ? ` (${eventCode})` : '';
  const note = `${fact.source.id}${code}${GAVE_BACK_OF}${payment?.id ?? 'a payment not known'}`;
  const entries: NewLedgerEntry[] = [];
  const amount = leftOf(fact.amount, 'refund', earlier);
  if (amount.minor !== 0n)
    entries.push(refundEntry({ ...fact, amount }, { place, payoutId: null, note }, []));
  const back = fee === null ? null : leftOf(fee, 'fee', earlier);
  if (back !== null && back.minor !== 0n) {
    const cost = { ...fact, amount: { ...back, minor: -back.minor } };
    entries.push(feeEntry(cost, { place, payoutId: null, note: `fee given back with ${fact.source.id}` }));
  }
  if (payment !== null && amount.minor !== 0n && unallocatedMinor(paymentEntries) > 0n) {
    const used = unallocatedEntry({ ...fact, amount, source: payment }, { place, payoutId: null, note });
    entries.push(
      amount.minor > 0n
        ? { ...used, debit: UNALLOCATED, credit: RECEIVABLES }
        : { ...used, debit: RECEIVABLES, credit: UNALLOCATED },
    );
  }
  return entries.map((entry) => ({ ...entry, key: freshKey(entry.key, [...earlier, ...paymentEntries]) }));
}

/** PayPal's group of chargebacks: T1201 takes, T1202 gives back. */
function isChargeback(eventCode: string): boolean {
  return eventCode.startsWith('T12');
}

/** What entries of a payment's refunds say that chargebacks took of it and did not give back; in minor units. */
export function chargedBackMinor(refunds: readonly LedgerEntry[], currency: string): bigint {
  const ofChargebacks = refunds.filter(
    ({ kind, note, amount }) => kind === 'refund' && amount.currency === currency && note.includes(` (T12`),
  );
  return -ofChargebacks.reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
}

/** What of a refund, or of the fee given back with it, its entries do not say yet. */
function leftOf(wanted: Money, kind: 'refund' | 'fee', earlier: readonly LedgerEntry[]): Money {
  const said = earlier
    .filter((entry) => entry.kind === kind && entry.amount.currency === wanted.currency)
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
  // A refund leaves the clearing account, a fee that is given back comes into it.
  return { ...wanted, minor: kind === 'refund' ? wanted.minor + said : wanted.minor - said };
}

/** The money of a booked payment is gone and a person decided to leave it on its invoice: only the ledger says so. */
export function leftLossEntries(
  fact: PaymentFact,
  posting: Pick<Posting, 'key' | 'date' | 'invoiceId'>,
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  if (onInvoiceMinor(earlier) <= 0n) return [];
  const entry = reversalEntry(fact, posting, 'the money is gone; a person left the payment on its invoice');
  return [
    { ...entry, key: freshKey(`${LEFT}${posting.key}`, earlier), date: fact.factDate, postingKey: null },
  ];
}

/** The money of a payment that a person took back from its invoice is gone: it is not the business's any more. */
export function lostAsideEntries(
  fact: PaymentFact,
  reversal: Pick<Posting, 'key'>,
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const standing = unallocatedMinor(earlier);
  if (standing <= 0n) return [];
  const key = freshKey(`${LOST}${reversal.key}`, earlier);
  const gone = { ...fact, amount: { ...fact.amount, minor: -standing } };
  return [
    { ...unallocatedEntry(gone, { place: '', payoutId: null, note: `${fact.source.id} is gone` }), key },
  ];
}

const LEFT = 'reversal:left:';
const LOST = 'unallocated:lost:';

/** The money of such a payment came back. */
export function regainedEntries(
  earlier: readonly LedgerEntry[],
  facts: { eventId: string | null; why: string },
): NewLedgerEntry[] {
  return openEntries(earlier, ({ key }) => key.startsWith(LEFT) || key.startsWith(LOST)).map((entry) =>
    mirrorOf(entry, facts),
  );
}

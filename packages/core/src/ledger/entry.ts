import type { Money } from '../money/money.ts';
import type { Subject } from '../ports/subject.ts';

/**
 * What an entry is about; decides its column in the month-end report (design section 9). `unallocated` is money that
 * stands on no invoice (yet), `movement` anything else a provider did to its balance, `conversion` the bank side of a
 * payout that was exchanged.
 */
export const LEDGER_KINDS = [
  'opening',
  'collection',
  'reversal',
  'refund',
  'fee',
  'payout',
  'payout-return',
  'unallocated',
  'movement',
  'conversion',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/**
 * One transfer from one account to another: double entry that cannot be out of balance. Never changed: it is taken back
 * by its mirror.
 */
export interface LedgerEntry {
  /** Derived from what it records, unique in its business: recording it again changes nothing. */
  readonly key: string;
  readonly kind: LedgerKind;
  /** Whose clearing account it moves, or whose money it is about. */
  readonly provider: string;
  readonly debit: string;
  readonly credit: string;
  /** Positive. */
  readonly amount: Money;
  /** YYYY-MM-DD in an open month: `factDate`, unless its month was closed when the entry was made. */
  readonly date: string;
  /** YYYY-MM-DD: when it happened. */
  readonly factDate: string;
  /** The thing at the provider that it records. */
  readonly source: Subject;
  readonly invoiceId: string | null;
  /** The entry in FreshBooks that goes with it. */
  readonly postingKey: string | null;
  readonly payoutId: string | null;
  /** The event it came from; null for an opening balance. */
  readonly eventId: string | null;
  /** For people: what and why. */
  readonly note: string;
}

/** An entry as it is asked for: the store moves its date into the first open month. */
export type NewLedgerEntry = LedgerEntry;

/** The entry that takes this one back: the same amount the other way, on the same day. */
export function mirrorOf(entry: LedgerEntry, facts: { eventId: string | null; why: string }): NewLedgerEntry {
  return {
    ...entry,
    key: `${MIRROR}${entry.key}`,
    debit: entry.credit,
    credit: entry.debit,
    eventId: facts.eventId,
    note: `taken back: ${facts.why}`,
  };
}

const MIRROR = 'mirror:';

/** True for an entry that takes another one back. */
export function isMirror(entry: Pick<LedgerEntry, 'key'>): boolean {
  return entry.key.startsWith(MIRROR);
}

/** By how much an entry moves an account, in minor units; negative when it is credited. */
export function movementOf(entry: LedgerEntry, account: string): bigint {
  const debited = entry.debit === account ? entry.amount.minor : 0n;
  const credited = entry.credit === account ? entry.amount.minor : 0n;
  return debited - credited;
}

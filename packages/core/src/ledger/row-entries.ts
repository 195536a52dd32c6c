import type { Money } from '../money/money.ts';
import { clearingOf } from './accounts.ts';
import { feeEntry, type PaymentFact } from './entries.ts';
import { type LedgerEntry, movementOf, type NewLedgerEntry } from './entry.ts';
import { type MovementWords, movementEntry, withdrawalEntry } from './movements.ts';
import { freshKey } from './open-entries.ts';

/** A row of a provider's own list of what moved its balance, as the ledger takes it. */
export interface BalanceRow extends MovementWords {
  /** Signed as in the list: a cost is negative. */
  readonly fee: Money | null;
  /** Taken out to the bank. */
  readonly isToBank: boolean;
  /** Under what the same row may stand in the ledger from before rows had names of their own. */
  readonly formerPlace: string;
}

/**
 * What brings the ledger to what the row says now: it counts once, however often it is told, and a fee that is told later
 * or changes is made up for. `fact.amount` is the row's, `earlier` are all entries of its id.
 */
export function rowEntries(
  fact: PaymentFact,
  row: BalanceRow,
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const moved = row.isToBank ? withdrawalEntry : movementEntry;
  const formerly = entriesAt(earlier, row.formerPlace, { exactly: true });
  const former = countedOf(formerly, 'movement', fact.amount) === fact.amount.minor ? formerly : [];
  const told = [...former, ...entriesAt(earlier, row.place, { exactly: false })];
  const moneyLeft = missing(fact.amount, countedOf(told, 'movement', fact.amount));
  const fee = row.fee === null ? null : missing(row.fee, countedOf(told, 'fee', row.fee));
  return [
    ...(moneyLeft === null ? [] : [moved({ ...fact, amount: moneyLeft }, row)]),
    ...(fee === null ? [] : [feeOf(fact, fee, row)]),
  ].map((entry) => ({ ...entry, key: freshKey(entry.key, earlier) }));
}

/** A fee as the list writes it (negative: a cost), as an entry. */
function feeOf(fact: PaymentFact, fee: Money, { place, note }: MovementWords): NewLedgerEntry {
  const cost = { ...fee, minor: -fee.minor };
  return feeEntry({ ...fact, amount: cost }, { place, payoutId: null, note: `fee of ${note}` });
}

function missing(wanted: Money, countedMinor: bigint): Money | null {
  return wanted.minor === countedMinor ? null : { ...wanted, minor: wanted.minor - countedMinor };
}

/** Whether the ledger has the row of this name already, among the entries of its id. */
export function hasRow(earlier: readonly LedgerEntry[], place: string): boolean {
  return entriesAt(earlier, place, { exactly: false }).length > 0;
}

const KINDS = ['movement', 'fee'] as const;
type RowKind = (typeof KINDS)[number];

/** Entries whose key was made of this place: of the first time it was told, and of what was made up for later. */
function entriesAt(
  entries: readonly LedgerEntry[],
  place: string,
  { exactly }: { readonly exactly: boolean },
): LedgerEntry[] {
  const keys = KINDS.map((kind) => `${kind}:${place}`);
  return entries.filter(({ key }) =>
    keys.some((base) => key === base || (!exactly && key.startsWith(`${base}:`))),
  );
}

/** By how much they moved what the provider holds, in minor units of the currency. */
function countedOf(entries: readonly LedgerEntry[], kind: RowKind, { currency }: Money): bigint {
  return entries
    .filter((entry) => entry.key.startsWith(`${kind}:`) && entry.amount.currency === currency)
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
}

import { BANK, clearingOf, UNALLOCATED } from './accounts.ts';
import { type PaymentFact, unallocatedEntry } from './entries.ts';
import type { NewLedgerEntry } from './entry.ts';

/** What a movement is called: `place` makes its key unique. */
export interface MovementWords {
  readonly place: string;
  readonly note: string;
}

/**
 * Anything a provider did to its balance that is no payment, refund, fee or transfer to the bank: clearing against
 * unallocated, signed. `fact` is the movement; its amount is not 0.
 */
export function movementEntry(fact: PaymentFact, { place, note }: MovementWords): NewLedgerEntry {
  const entry = unallocatedEntry(fact, { place, payoutId: null, note });
  return { ...entry, key: `movement:${place}`, kind: 'movement' };
}

/** Money taken out of the provider's hands to the bank, told as a negative movement: Dr bank, Cr clearing. */
export function withdrawalEntry(fact: PaymentFact, words: MovementWords): NewLedgerEntry {
  const entry = movementEntry(fact, words);
  const clearing = clearingOf(fact.source.provider);
  const moved = (account: string): string => (account === UNALLOCATED ? BANK : clearing);
  return { ...entry, kind: 'payout', debit: moved(entry.debit), credit: moved(entry.credit) };
}

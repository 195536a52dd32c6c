import type { Money } from '../money/money.ts';
import type { Subject } from '../ports/subject.ts';
import { clearingOf, OPENING } from './accounts.ts';
import { type LedgerEntry, mirrorOf, movementOf, type NewLedgerEntry } from './entry.ts';
import { openEntries } from './open-entries.ts';

/** Something a provider held (or, negative, was owed) when the day of go-live began. */
export interface OpeningFact {
  readonly source: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly goLive: string;
}

/**
 * An opening balance: Dr clearing, Cr equity, the other way round for what was owed. `earlier` are all entries of the same
 * thing so far: one that stands on an invoice needs no opening, and what a payout had set aside of it is taken back.
 */
export function openingEntries(fact: OpeningFact, earlier: readonly LedgerEntry[]): NewLedgerEntry[] {
  const { minor } = fact.amount;
  if (minor === 0n || earlier.some(({ kind }) => kind === 'collection')) return [];
  const sign = minor < 0n ? -1n : 1n;
  const clearing = clearingOf(fact.source.provider);
  const aside = openEntries(
    earlier,
    (entry) => entry.kind === 'unallocated' && movementOf(entry, clearing) * sign > 0n,
  );
  const taken = { eventId: null, why: 'it was under way at go-live' };
  return [openingEntry(fact), ...aside.map((entry) => mirrorOf(entry, taken))];
}

function openingEntry({ source, amount, goLive }: OpeningFact): NewLedgerEntry {
  const { provider, type, id } = source;
  const isOwed = amount.minor < 0n;
  const clearing = clearingOf(provider);
  return {
    key: type === BALANCE ? `opening:${provider}:${amount.currency}` : `opening:${provider}:${id}`,
    kind: 'opening',
    provider,
    debit: isOwed ? OPENING : clearing,
    credit: isOwed ? clearing : OPENING,
    amount: isOwed ? { ...amount, minor: -amount.minor } : amount,
    date: goLive,
    factDate: goLive,
    source,
    invoiceId: null,
    postingKey: null,
    payoutId: null,
    eventId: null,
    note: `${type === BALANCE ? `the balance at ${provider}` : id} at go-live on ${goLive}`,
  };
}

const BALANCE = 'balance';

/** What the balance at go-live is known by, for a provider whose holdings are one sum per currency. */
export function openingBalanceSubject(provider: string): Subject {
  return { provider, type: BALANCE, id: 'opening' };
}

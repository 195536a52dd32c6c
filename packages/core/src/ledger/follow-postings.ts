import type { Posting } from '../ports/store.ts';
import { regainedEntries } from './aside.ts';
import { collectionEntries, type PaymentFact, reversalEntry } from './entries.ts';
import type { LedgerEntry, NewLedgerEntry } from './entry.ts';

/**
 * What the ledger still lacks of what was booked for one payment: a collection for each payment that is (or was) in the
 * books, a reversal for each that was taken back. Keys come from the postings, so it is the same however often and in
 * whatever order it is asked for; postings from before there was a ledger get their entries this way. `postings` are all of
 * the payment, oldest first, `earlier` its entries so far.
 */
export function entriesOfPostings(
  fact: PaymentFact,
  postings: readonly Posting[],
  earlier: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const payments = postings.filter(({ kind }) => kind === 'payment');
  const newest = payments.at(-1);
  const entries = [...earlier];
  const missing: NewLedgerEntry[] = [];
  // A fee's expense that was taken back is no reversal of the payment.
  const ofPayments = postings.filter(
    ({ kind, reversesKey }) => kind === 'payment' || payments.some(({ key }) => key === reversesKey),
  );
  for (const posting of ofPayments) {
    const found = entryOfPosting({ ...fact, amount: posting.amount }, posting, {
      isNewest: posting === newest,
      entries,
    });
    const lacking = found.filter(({ key }) => !entries.some((entry) => entry.key === key));
    missing.push(...lacking);
    entries.push(...lacking);
  }
  return missing;
}

function entryOfPosting(
  fact: PaymentFact,
  posting: Posting,
  { isNewest, entries }: { isNewest: boolean; entries: readonly LedgerEntry[] },
): NewLedgerEntry[] {
  const { kind, state, key, date } = posting;
  if (kind === 'payment' && (state === 'posted' || state === 'reversed')) {
    if (entries.some((entry) => entry.key === `collection:${key}`)) return [];
    const [collection, ...takenBack] = collectionEntries(
      isNewest ? fact : { ...fact, factDate: date },
      posting,
      entries,
    );
    // What stands as unallocated after it was taken back is not its to settle.
    return [collection, ...(state === 'posted' ? takenBack : [])].filter((entry) => entry !== undefined);
  }
  const isKnown = entries.some((entry) => entry.key === `reversal:${key}`);
  if (kind !== 'reversal' || state !== 'posted' || isKnown) return [];
  const why = 'the payment was taken back after all';
  return [
    reversalEntry({ ...fact, factDate: fact.lostOn ?? date }, posting, posting.note),
    ...regainedEntries(entries, { eventId: fact.eventId, why }),
  ];
}

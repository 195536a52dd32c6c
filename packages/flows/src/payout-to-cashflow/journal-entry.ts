import { formatMoney, type Job } from '@mlc/core';
import { bookEntry } from '../booking/book-entry.ts';
import { aboutPayout, journalEntry, journalPosting, numberOf, wordsOf } from '../booking/journal-entries.ts';
import { journalAccounts, journalLines } from '../booking/journal-lines.ts';
import type { PayoutFacts } from './decide.ts';

/**
 * By policy `payoutEntry: journal` a payout becomes one FreshBooks journal entry, once: it cannot be changed or deleted
 * there, and its number `MLC-<payoutId>` is what it is found by (freshbooks.md 3.7). A payout that is exchanged stands in
 * the currency it was collected in. Returns what became of it in words; null when nothing is to be booked. Rejects with
 * ConnectorError; a refusal by plan or scope is a review instead.
 */
export async function bookPayoutJournal(job: Job, facts: PayoutFacts): Promise<string | null> {
  const { payout, feesMinor, grossMinor, date } = facts;
  const { payoutEntry, gocardlessFees, accounts } = job.business.policy;
  if (payoutEntry !== 'journal') return null;
  const withFees = gocardlessFees !== 'expense' && feesMinor !== 0n;
  const lines = journalLines(payout, feesMinor, journalAccounts(accounts, withFees));
  if (lines.length === 0) return null;
  const outcome = await bookEntry(job, {
    ...journalEntry(job, { number: numberOf(payout.id), name: `GoCardless payout ${payout.id}`, lines }),
    ...aboutPayout(job, payout.id, { kind: 'journal', earlier: await journalPosting(job, payout.id) }),
    kind: 'journal',
    amount: { minor: grossMinor, currency: payout.net.currency },
    date,
    title: titleOf(facts),
    reversesKey: null,
    eventId: job.event.id,
  });
  return wordsOf(outcome, 'booked as journal entry');
}

/** All sums, so that the entry explains itself. */
function titleOf({ payout, feesMinor, grossMinor, taxMinor }: PayoutFacts): string {
  const { currency } = payout.net;
  const money = (minor: bigint): string => formatMoney({ minor, currency });
  const tax = taxMinor === 0n ? '' : `, tax ${money(taxMinor)} inside`;
  const sums = `${money(grossMinor)} less fees ${money(feesMinor)}${tax}`;
  const { exchange } = payout;
  const arrived = exchange?.amountMinor ?? null;
  const exchanged =
    exchange === null || arrived === null
      ? ''
      : `, exchanged to ${formatMoney({ minor: arrived, currency: exchange.currency })}`;
  return `GoCardless payout ${payout.id}: ${sums}${exchanged}`;
}

import {
  type Debit,
  type FlowResult,
  type Job,
  type LedgerEntry,
  lostAsideEntries,
  type NewLedgerEntry,
  type Posting,
} from '@mlc/core';
import { takenBackByHand } from '../booking/by-hand.ts';
import { inLedger, paymentFact, regained } from '../ledger/in-ledger.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { lostOn } from './lost-on.ts';

/** True while the money is (provisionally) the business's. */
export function isOurs({ status }: Pick<Debit, 'status'>): boolean {
  return status === 'confirmed' || status === 'paid_out';
}

/**
 * The run's result, with the ledger brought to it: what was booked before there was a ledger gets its entries, and money
 * that was lost or came back without any entry in the books is said there alone.
 */
export async function withLedger(
  job: Job,
  { debit, postings }: { debit: Debit; postings: readonly Posting[] },
  result: FlowResult,
): Promise<FlowResult> {
  if (postings.length === 0) return result;
  const fact = paymentFact(job, debitMoney(debit));
  const reversal = takenBackByHand(postings);
  const isLost = reversal !== null && !isOurs(debit);
  const gone = isLost ? { ...fact, factDate: await lostOn(job, debit) } : fact;
  const lost = (entries: readonly LedgerEntry[]): readonly NewLedgerEntry[] =>
    isLost ? lostAsideEntries(gone, reversal, entries) : [];
  return { ...result, effects: [inLedger(fact, isOurs(debit) ? regained(fact) : lost), ...result.effects] };
}

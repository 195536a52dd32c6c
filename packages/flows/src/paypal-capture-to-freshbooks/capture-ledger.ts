import {
  asideEntries,
  type Capture,
  clearingOf,
  feeEntry,
  freshKey,
  type Job,
  type LedgerEntry,
  movementOf,
  type NewLedgerEntry,
  type PaymentFact,
  type Step,
} from '@mlc/core';
import { inLedger, type MoreEntries, paymentFact } from '../ledger/in-ledger.ts';
import { captureMoney } from '../ledger/money-in.ts';

/** Where the money of a capture stands; `aside`: on no invoice, a person is asked or has decided to leave it. */
type Standing = 'posted' | 'aside';

/** PayPal's fee, for the transaction that books its capture. */
export function withFee(job: Job, capture: Capture): MoreEntries {
  const fact = paymentFact(job, captureMoney(job, capture));
  return (entries) => fees(fact, capture, entries);
}

/**
 * The own ledger's part of a capture whose money moved: where it stands, and PayPal's fee whatever the policy says about
 * FreshBooks (gross, fee and net are always known).
 */
export function captureInLedger(
  job: Job,
  { capture, standing }: { readonly capture: Capture; readonly standing: Standing },
): Step {
  const fact = paymentFact(job, captureMoney(job, capture));
  return inLedger(fact, (entries) => [
    ...standingEntries(fact, standing, entries),
    ...fees(fact, capture, entries),
  ]);
}

function standingEntries(
  fact: PaymentFact,
  standing: Standing,
  entries: readonly LedgerEntry[],
): NewLedgerEntry[] {
  if (standing === 'posted') return [];
  const note = `${fact.source.id} stands on no invoice`;
  return asideEntries(fact, { place: placeOf(fact), note }, entries);
}

/** What of the fee the entries do not say yet: it may be told late, or change. */
function fees(fact: PaymentFact, { fee }: Capture, entries: readonly LedgerEntry[]): NewLedgerEntry[] {
  if (fee === null || fact.isInOpeningBalance === true) return [];
  const said = entries
    .filter((entry) => entry.kind === 'fee' && entry.amount.currency === fee.currency)
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
  const amount = { ...fee, minor: fee.minor + said };
  if (amount.minor === 0n) return [];
  const note = `fee of ${fact.source.id}`;
  const entry = feeEntry({ ...fact, amount }, { place: placeOf(fact), payoutId: null, note });
  return [{ ...entry, key: freshKey(entry.key, entries) }];
}

function placeOf({ source }: PaymentFact): string {
  return `paypal:${source.id}`;
}

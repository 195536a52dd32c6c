import {
  asideEntries,
  type Capture,
  clearingOf,
  feeEntry,
  type FlowContext,
  freshKey,
  type InboundEvent,
  type LedgerEntry,
  movementOf,
  type NewLedgerEntry,
  type PaymentFact,
  type Repositories,
} from '@mlc/core';
import { type MoreEntries, paymentFact, recordInLedger } from '../shared/ledger.ts';
import { moneyOf } from './capture-money.ts';

/** Where the money of a capture stands, as far as our postings do not say. */
export type Standing =
  | { readonly kind: 'posted' }
  /** On no invoice: a person is asked, or has decided to leave it. */
  | { readonly kind: 'aside' };

/** PayPal's fee, for the transaction that books its capture. */
export function withFee(context: FlowContext, inbound: InboundEvent, capture: Capture): MoreEntries {
  const fact = paymentFact(context, inbound, moneyOf(context, capture));
  return (entries) => fees(fact, capture, entries);
}

/**
 * The own ledger's part of a capture whose money moved: where it stands, and PayPal's fee whatever the policy says about
 * FreshBooks (gross, fee and net are always known). For the transaction that records the run.
 */
export function recordCapture(
  context: FlowContext,
  inbound: InboundEvent,
  capture: Capture,
): (tx: Repositories, standing: Standing) => Promise<void> {
  const fact = paymentFact(context, inbound, moneyOf(context, capture));
  return (tx, standing) =>
    recordInLedger(tx, fact, (entries) => [
      ...standingEntries(fact, standing, entries),
      ...fees(fact, capture, entries),
    ]);
}

function standingEntries(
  fact: PaymentFact,
  standing: Standing,
  entries: readonly LedgerEntry[],
): NewLedgerEntry[] {
  switch (standing.kind) {
    case 'posted':
      return [];
    case 'aside': {
      const note = `${fact.source.id} stands on no invoice`;
      return asideEntries(fact, { place: placeOf(fact), note }, entries);
    }
  }
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

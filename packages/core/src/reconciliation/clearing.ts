import type { LedgerKind } from '../ledger/entry.ts';
import { compareBy } from './compare.ts';
import type { ProviderProof } from './proof.ts';

/** By how much the entries of one kind moved one clearing account, before the month or in it. Debit positive. */
export interface ClearingSum {
  readonly currency: string;
  readonly provider: string;
  readonly kind: LedgerKind;
  /** True for what stood when the month began: dated before it, or the opening balance of go-live in it. */
  readonly isBefore: boolean;
  readonly movedMinor: bigint;
}

/**
 * One clearing account over the month, in minor units; every column is positive in its usual direction:
 * closing = opening + collected − reversed − refunded − fees − paidOut + other.
 */
export interface ClearingRow {
  readonly currency: string;
  readonly provider: string;
  readonly openingMinor: bigint;
  readonly collectedMinor: bigint;
  readonly reversedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly feesMinor: bigint;
  readonly paidOutMinor: bigint;
  readonly otherMinor: bigint;
  readonly closingMinor: bigint;
  /** What the provider's own records say it held; null when it could not be asked. */
  readonly providerInFlightMinor: bigint | null;
  /** closing − providerInFlight. */
  readonly differenceMinor: bigint | null;
  /** Why the provider was not asked; null when it was. */
  readonly unprovenWhy: string | null;
  /** Why its own list stands for the balance that the provider did not tell; left out when it told it or has none to tell. */
  readonly balanceUnprovenWhy?: string;
}

type Column = 'opening' | 'collected' | 'reversed' | 'refunded' | 'fees' | 'paidOut' | 'other';

/** Which column an entry of the month counts in; whatever is not named here is `other`. */
const COLUMN_OF: Partial<Record<LedgerKind, Column>> = {
  collection: 'collected',
  reversal: 'reversed',
  refund: 'refunded',
  fee: 'fees',
  payout: 'paidOut',
  'payout-return': 'paidOut',
};

/** Columns that take money out of the account, so that out counts as positive. */
const OUT: ReadonlySet<Column> = new Set<Column>(['reversed', 'refunded', 'fees', 'paidOut']);

const NOT_ASKED = "the provider's own records were not asked for";

/**
 * The clearing accounts of a month, by currency and provider: those the ledger knows and those a proof speaks of. Pure:
 * neither the order of the sums nor that of the proofs matters.
 */
export function clearingRows(
  sums: readonly ClearingSum[],
  proofs: readonly ProviderProof[],
): readonly ClearingRow[] {
  const accounts = new Map<string, { currency: string; provider: string }>();
  const proven = proofs.flatMap(({ provider, currency }) =>
    currency === null ? [] : [{ provider, currency }],
  );
  for (const { currency, provider } of [...sums, ...proven])
    accounts.set(`${currency} ${provider}`, { currency, provider });
  return [...accounts.values()]
    .sort(
      compareBy(
        ({ currency }) => currency,
        ({ provider }) => provider,
      ),
    ) // prettier-ignore
    .map((account) => rowOf(account, sums, proofs));
}

function rowOf(
  { currency, provider }: { currency: string; provider: string },
  sums: readonly ClearingSum[],
  proofs: readonly ProviderProof[],
): ClearingRow {
  const own = sums.filter((sum) => sum.currency === currency && sum.provider === provider);
  const columns = columnsOf(own);
  const closingMinor = own.reduce((total, { movedMinor }) => total + movedMinor, 0n);
  const { inFlightMinor, why, balanceWhy } = provenOf({ currency, provider }, proofs);
  return {
    currency,
    provider,
    openingMinor: columns.opening,
    collectedMinor: columns.collected,
    reversedMinor: columns.reversed,
    refundedMinor: columns.refunded,
    feesMinor: columns.fees,
    paidOutMinor: columns.paidOut,
    otherMinor: columns.other,
    closingMinor,
    providerInFlightMinor: inFlightMinor,
    differenceMinor: inFlightMinor === null ? null : closingMinor - inFlightMinor,
    unprovenWhy: why,
    ...(balanceWhy === undefined ? {} : { balanceUnprovenWhy: balanceWhy }),
  };
}

function columnsOf(sums: readonly ClearingSum[]): Record<Column, bigint> {
  const columns = {
    opening: 0n,
    collected: 0n,
    reversed: 0n,
    refunded: 0n,
    fees: 0n,
    paidOut: 0n,
    other: 0n,
  };
  for (const { kind, isBefore, movedMinor } of sums) {
    const column = isBefore ? 'opening' : (COLUMN_OF[kind] ?? 'other');
    columns[column] += OUT.has(column) ? -movedMinor : movedMinor;
  }
  return columns;
}

/** A provider that was asked and did not name the currency holds nothing of it. */
function provenOf(
  { currency, provider }: { currency: string; provider: string },
  proofs: readonly ProviderProof[],
): { inFlightMinor: bigint | null; why: string | null; balanceWhy?: string | undefined } {
  const own = proofs.filter((proof) => proof.provider === provider);
  const fitting = own.filter((proof) => proof.currency === currency || proof.currency === null);
  const silent = fitting.find(({ inFlightMinor }) => inFlightMinor === null);
  if (own.length === 0) return { inFlightMinor: null, why: NOT_ASKED };
  if (silent !== undefined) return { inFlightMinor: null, why: silent.why ?? NOT_ASKED };
  return {
    inFlightMinor: fitting.reduce((total, { inFlightMinor }) => total + (inFlightMinor ?? 0n), 0n),
    why: null,
    balanceWhy: fitting.find(({ balanceWhy }) => balanceWhy !== undefined)?.balanceWhy,
  };
}

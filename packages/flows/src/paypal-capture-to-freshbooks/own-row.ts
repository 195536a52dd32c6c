import {
  type Capture,
  clearingOf,
  dateIn,
  type FlowContext,
  hasMoved,
  hasRow,
  type LedgerEntry,
  type Money,
  movementOf,
  type PaypalTransaction,
  sameMoney,
  transactionKey,
} from '@mlc/core';
import { captureSubject } from '../running/subjects.ts';
import { placeOf } from './row-moved.ts';

/** What is known of a payment beside its rows. */
export interface KnownPayment {
  readonly captureId: string;
  /** As PayPal's API shows it; null when only the list knows it. */
  readonly shown: Capture | null;
}

/** How the payment looks, as far as it does; null: nothing of it is known. */
interface Likeness {
  readonly amount: Money | null;
  /** RFC 3339. */
  readonly moment: string | null;
  /** YYYY-MM-DD. */
  readonly date: string | null;
  /** Signed as in the list. */
  readonly feeMinor: bigint | null;
}

/**
 * Of several rows of one id the one that is the payment. It stays that, whatever turns up later: what stands in the ledger as
 * money beside it is not it, and the one the ledger took for it is. Else the one PayPal's API shows, else the first that moved
 * money, else the first.
 */
export async function ownRow(
  context: FlowContext,
  rows: readonly PaypalTransaction[],
  { captureId, shown }: KnownPayment,
): Promise<PaypalTransaction | null> {
  if (rows.length <= 1) return rows[0] ?? null;
  const { ledger } = context.store;
  const beside = await ledger.ofSource({ provider: 'paypal', type: 'transaction', id: captureId });
  const looks = likenessOf(shown, await ledger.ofSource(captureSubject(captureId)));
  const { timezone } = context.business;
  const rank = (row: PaypalTransaction): string => {
    const isBeside = hasRow(beside, placeOf(row).place);
    const against = [isBeside, ...unlike(row, dateIn(timezone, new Date(row.initiatedAt)), looks)];
    return `${against.map(Number).join('')} ${row.initiatedAt} ${row.ordinal} ${transactionKey(row)}`;
  };
  const [first] = rows.toSorted((left, right) => (rank(left) < rank(right) ? -1 : 1));
  return first ?? null;
}

/** What speaks against the row, the strongest first. */
function unlike(row: PaypalTransaction, date: string, looks: Likeness): readonly boolean[] {
  return [
    looks.amount !== null && !sameMoney(row.amount, looks.amount),
    looks.moment !== null && Date.parse(row.initiatedAt) !== Date.parse(looks.moment),
    !hasMoved(row),
    looks.date !== null && date !== looks.date,
    looks.feeMinor !== null && (row.fee?.minor ?? 0n) !== looks.feeMinor,
  ];
}

/** The ledger's word comes before PayPal's: it is what was counted. */
function likenessOf(shown: Capture | null, entries: readonly LedgerEntry[]): Likeness {
  const came = entries.find((entry) => entry.kind !== 'fee' && movedBy(entry) > 0n);
  const fees = entries.filter(({ kind }) => kind === 'fee');
  return {
    amount: came?.amount ?? shown?.amount ?? null,
    moment: shown?.createdAt ?? null,
    date: came?.factDate ?? null,
    feeMinor: came === undefined ? null : fees.reduce((sum, entry) => sum + movedBy(entry), 0n),
  };
}

function movedBy(entry: LedgerEntry): bigint {
  return movementOf(entry, clearingOf(entry.provider));
}

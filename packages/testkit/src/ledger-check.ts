import { isMirror, type LedgerEntry, mirrorOf, movementOf, type Posting } from '@mlc/core';

/** What of the books a check of the ledger needs. */
export interface LedgerRows {
  postingRows(): readonly Posting[];
  ledgerRows(): readonly LedgerEntry[];
}

/**
 * Where postings and ledger part: every payment that is or was in the books has exactly one collection, every reversal
 * exactly one, nothing else has any, and what takes an entry back is its mirror. Empty when they agree.
 */
export function ledgerProblems(store: LedgerRows): string[] {
  const entries = store.ledgerRows();
  const keys = entries.map(({ key }) => key);
  const postings = store.postingRows();
  const payments = new Set(postings.filter(({ kind }) => kind === 'payment').map(({ key }) => key));
  const wanted = postings.flatMap(({ key, kind, state, reversesKey }) => {
    if (kind === 'payment' && (state === 'posted' || state === 'reversed')) return `collection:${key}`;
    const isOfPayment = kind === 'reversal' && payments.has(reversesKey ?? '');
    return isOfPayment && state === 'posted' ? `reversal:${key}` : [];
  });
  const ofPostings = keys.filter((key) => /^(collection|reversal):(?!found:|left:)/.test(key));
  return [
    ...wanted.filter((key) => !keys.includes(key)).map((key) => `${key} is missing`),
    ...ofPostings.filter((key) => !wanted.includes(key)).map((key) => `${key} has no posting`),
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} is there twice`),
    ...entries.filter(isMirror).flatMap((mirror) => mirrorProblem(mirror, entries)),
  ];
}

function mirrorProblem(mirror: LedgerEntry, entries: readonly LedgerEntry[]): string[] {
  const facts = { eventId: mirror.eventId, why: mirror.note.replace('taken back: ', '') };
  const original = entries.find((entry) => mirrorOf(entry, facts).key === mirror.key);
  const fits =
    original?.debit === mirror.credit &&
    original.credit === mirror.debit &&
    original.amount.minor === mirror.amount.minor;
  return fits ? [] : [`${mirror.key} takes nothing back`];
}

/** Balances per date, kind and account in minor units, zeros left out: the same whatever order the entries came in. */
export function ledgerBalances(store: Pick<LedgerRows, 'ledgerRows'>): Record<string, number> {
  const balances = new Map<string, bigint>();
  for (const entry of store.ledgerRows()) {
    for (const account of [entry.debit, entry.credit]) {
      const name = `${entry.date} ${entry.kind} ${account} ${entry.amount.currency}`;
      balances.set(name, (balances.get(name) ?? 0n) + movementOf(entry, account));
    }
  }
  const standing = [...balances]
    .filter(([, minor]) => minor !== 0n)
    .map(([name, minor]) => [name, Number(minor)]);
  return Object.fromEntries(standing.sort()) as Record<string, number>;
}

/** What an account holds of one currency by the ledger, in minor units. */
export function accountBalance(
  store: Pick<LedgerRows, 'ledgerRows'>,
  account: string,
  currency = 'GBP',
): number {
  const own = store.ledgerRows().filter(({ amount }) => amount.currency === currency);
  return Number(own.reduce((sum, entry) => sum + movementOf(entry, account), 0n));
}

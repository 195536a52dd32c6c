import {
  BANK,
  clearingOf,
  CONVERSION,
  feesOf,
  type LedgerEntry,
  type LedgerKind,
  mirrorOf,
  type NewReview,
  OPENING,
  RECEIVABLES,
  type Repositories,
  UNALLOCATED,
} from '@mlc/core';

/** One independent fact about a business; told twice it changes nothing. */
export type Fact = (store: Repositories) => Promise<unknown>;

type Terms = Partial<LedgerEntry> & Pick<LedgerEntry, 'key' | 'kind' | 'date'> & { minor: bigint };

/** An entry of GoCardless in pounds, but for what is said. */
export function anEntry({ minor, ...terms }: Terms): LedgerEntry {
  const provider = terms.provider ?? 'gocardless';
  return {
    provider,
    ...sidesOf(terms.kind, provider),
    amount: { minor, currency: 'GBP' },
    factDate: terms.date,
    source: { provider, type: 'payment', id: 'PM1' },
    invoiceId: null,
    postingKey: null,
    payoutId: null,
    eventId: null,
    note: 'for people; not in the report',
    ...terms,
  };
}

function sidesOf(kind: LedgerKind, provider: string): { debit: string; credit: string } {
  const clearing = clearingOf(provider);
  const sides: Record<LedgerKind, readonly [string, string]> = {
    opening: [clearing, OPENING],
    collection: [clearing, RECEIVABLES],
    reversal: [RECEIVABLES, clearing],
    refund: [RECEIVABLES, clearing],
    fee: [feesOf(provider), clearing],
    payout: [BANK, clearing],
    'payout-return': [clearing, BANK],
    unallocated: [clearing, UNALLOCATED],
    movement: [clearing, UNALLOCATED],
    conversion: [BANK, CONVERSION],
  };
  const [debit, credit] = sides[kind];
  return { debit, credit };
}

const paypal = (id: string, type = 'capture') => ({
  provider: 'paypal',
  source: { provider: 'paypal', type, id },
});
const payment = (id: string) => ({ source: { provider: 'gocardless', type: 'payment', id } });
const payout = (id: string) => ({
  source: { provider: 'gocardless', type: 'payout', id },
  payoutId: id,
});
const euros = (minor: bigint) => ({ amount: { minor, currency: 'EUR' } });

/** Something kept aside in a payout and taken back: no trace of it may be left. */
const ASIDE = anEntry({
  ...payment('PM3'),
  key: 'unallocated:gocardless:PO1:2',
  kind: 'unallocated',
  date: '2026-10-12',
  minor: 7_00n,
  payoutId: 'PO1',
});

/** Ledger entries around October 2026: every kind, two providers, three currencies, awkward texts. */
export const MONTH_ENTRIES: readonly LedgerEntry[] = [
  anEntry({ key: 'opening:gocardless:PM0', kind: 'opening', date: '2026-10-01', minor: 50_00n, ...payment('PM0') }),
  anEntry({ key: 'collection:k-sep', kind: 'collection', date: '2026-09-30', minor: 11_11n, ...payment('PM-SEP'), invoiceId: '90', postingKey: 'k-sep' }),
  anEntry({ key: 'collection:k1', kind: 'collection', date: '2026-10-05', minor: 120_00n, ...payment('PM1'), invoiceId: '101', postingKey: 'k1' }),
  anEntry({ key: 'collection:k2', kind: 'collection', date: '2026-10-05', minor: 80_00n, ...payment('PM2'), invoiceId: '102', postingKey: 'k2' }),
  anEntry({ key: 'collection:k3', kind: 'collection', date: '2026-10-12', factDate: '2026-09-28', minor: 7_00n, ...payment('PM3'), invoiceId: '9', postingKey: 'k3' }),
  anEntry({ key: 'collection:k-eur', kind: 'collection', date: '2026-10-06', minor: 0n, ...euros(33_33n), ...payment('PM-EUR'), invoiceId: '103', postingKey: 'k-eur' }),
  anEntry({ key: 'collection:k-jpy', kind: 'collection', date: '2026-10-06', minor: 0n, amount: { minor: 12_345n, currency: 'JPY' }, ...paypal('CAP-JPY'), invoiceId: '104', postingKey: 'k-jpy' }),
  ASIDE,
  mirrorOf(ASIDE, { eventId: null, why: 'it stands on an invoice' }),
  anEntry({ key: 'unallocated:gocardless:PO1:3', kind: 'unallocated', date: '2026-10-12', minor: 5_00n, ...payment('PM-FOREIGN'), payoutId: 'PO1' }),
  anEntry({ key: 'reversal:r2', kind: 'reversal', date: '2026-10-20', minor: 80_00n, ...payment('PM2'), invoiceId: '102', postingKey: 'r2' }),
  anEntry({ key: 'payout:gocardless:PO1', kind: 'payout', date: '2026-10-12', minor: 180_00n, ...payout('PO1') }),
  anEntry({ key: 'fee:gocardless:PO1', kind: 'fee', date: '2026-10-12', minor: 2_00n, ...payout('PO1') }),
  anEntry({ key: 'payout-return:gocardless:PO1', kind: 'payout-return', date: '2026-10-14', minor: 180_00n, ...payout('PO1') }),
  anEntry({ key: 'payout:gocardless:PO-EUR', kind: 'payout', date: '2026-10-15', minor: 0n, ...euros(33_33n), ...payout('PO-EUR'), debit: CONVERSION }),
  anEntry({ key: 'conversion:gocardless:PO-EUR', kind: 'conversion', date: '2026-10-15', minor: 28_90n, ...payout('PO-EUR') }),
  anEntry({ key: 'collection:k-cap', kind: 'collection', date: '2026-10-07', minor: 40_00n, ...paypal('CAP1'), invoiceId: '105', postingKey: 'k-cap' }),
  anEntry({ key: 'fee:paypal:CAP1', kind: 'fee', date: '2026-10-07', minor: 1_50n, ...paypal('CAP1') }),
  anEntry({ key: 'refund:paypal:REF1', kind: 'refund', date: '2026-10-08', minor: 10_00n, ...paypal('REF1', 'refund'), note: 'REF1 gave back of CAP1' }),
  anEntry({ key: 'movement:paypal:T1:T1503', kind: 'movement', date: '2026-10-09', minor: 3_00n, ...paypal('T1; "quoted", (odd)', 'transaction'), debit: UNALLOCATED, credit: clearingOf('paypal') }),
  anEntry({ key: 'payout:paypal:T2', kind: 'payout', date: '2026-10-31', minor: 20_00n, ...paypal('T2', 'transaction') }),
  anEntry({ key: 'mirror:opening:gocardless:PM0', kind: 'opening', date: '2026-11-01', factDate: '2026-10-01', minor: 50_00n, ...payment('PM0'), debit: OPENING, credit: clearingOf('gocardless') }),
  anEntry({ key: 'collection:k-nov', kind: 'collection', date: '2026-11-01', minor: 99_00n, ...payment('PM-NOV'), invoiceId: '101', postingKey: 'k-nov' }),
]; // prettier-ignore

function posted({ key, kind, date, amount, source, invoiceId, postingKey }: LedgerEntry): Fact {
  return async ({ postings }) => {
    const isReversal = kind === 'reversal';
    const known = postingKey ?? key;
    await postings.insertIntent({
      key: known,
      kind: isReversal ? 'reversal' : 'payment',
      invoiceId,
      invoiceNumber: source.provider === 'paypal' ? `INV-${String(invoiceId)}` : null,
      source: { provider: source.provider, id: source.id },
      cycle: 1,
      amount,
      date,
      note: `mlc:${known}`,
      reversesKey: isReversal ? 'k2' : null,
      eventId: '1',
    });
    await postings.update(known, { state: 'posted', externalId: `ext-${known}` });
  };
}

const REVIEWS: readonly NewReview[] = (['refund', 'payout_unexplained', 'no_mandate'] as const).map(
  (kind) => ({
    kind,
    subject: { provider: 'gocardless', type: 'payment', id: kind === 'refund' ? 'PM-Ω' : 'PM9' },
    amount: kind === 'no_mandate' ? null : { minor: -5_00n, currency: 'GBP' },
    reasons: ['=HYPERLINK("x")', 'çedilla, İstanbul', 'two\nlines'],
    candidates: [],
    eventId: null,
  }),
);

/** Everything about October 2026 as separate facts, to be told in any order. */
export const MONTH_FACTS: readonly Fact[] = [
  ...MONTH_ENTRIES.map(
    (entry): Fact =>
      (store) =>
        store.ledger.record([entry]),
  ),
  ...MONTH_ENTRIES.filter(({ postingKey }) => postingKey !== null).map(posted),
  ...REVIEWS.map(
    (review): Fact =>
      (store) =>
        store.reviews.open(review),
  ),
];

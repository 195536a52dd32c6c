import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { payoutEntries } from '../payouts/payout-entries.ts';
import type { PayoutItem } from '../ports/payouts.ts';
import { collectionEntries } from './entries.ts';
import { type LedgerEntry, movementOf, type NewLedgerEntry } from './entry.ts';
import { openingBalanceSubject, openingEntries } from './opening.ts';

const GO_LIVE = '2026-11-01';
const SOURCE = { provider: 'gocardless', type: 'payment', id: 'PM1' };
const CLEARING = 'assets:clearing:gocardless';
const MINOR = 10_000n;

type Step = (earlier: readonly LedgerEntry[]) => NewLedgerEntry[];

const opening =
  (minor: bigint): Step =>
  (earlier) =>
    openingEntries({ source: SOURCE, amount: { minor, currency: 'GBP' }, goLive: GO_LIVE }, earlier);

const collection: Step = (earlier) =>
  collectionEntries(
    { source: SOURCE, amount: { minor: MINOR, currency: 'GBP' }, factDate: '2026-10-30', eventId: 'e' },
    { key: 'p1', date: '2026-10-30', invoiceId: '101' },
    earlier,
  );

/** A payout of GBP 500.00 in which this payment is one item among others. */
const payout =
  (id: string, type: PayoutItem['type']): Step =>
  (earlier) => {
    const item = (of: string, amount: bigint, kind: PayoutItem['type']): PayoutItem => ({
      type: kind,
      amountTenths: amount * 10n,
      taxTenths: 0n,
      paymentId: of,
      refundId: null,
      mandateId: null,
    });
    const own = type === 'payment_paid_out' ? MINOR : -MINOR;
    const items = [item('PM1', own, type), item('PM-other', 50_000n - own, 'payment_paid_out')];
    return payoutEntries({
      payout: {
        id,
        net: { minor: 50_000n, currency: 'GBP' },
        deductedFeesMinor: 0n,
        status: 'paid',
        arrivalDate: '2026-11-04',
        reference: null,
        payoutType: 'merchant',
        exchange: null,
        createdAt: '2026-11-04T06:00:00.000Z',
      },
      items,
      date: '2026-11-04',
      earlier: new Map([['PM1', earlier]]),
      eventId: 'e',
    }).filter(({ source }) => source.id === 'PM1');
  };

/** Each step sees what those before it wrote; a key that is there is not written again. */
function play(steps: readonly Step[]): LedgerEntry[] {
  const written = new Map<string, LedgerEntry>();
  for (const step of steps)
    for (const entry of step([...written.values()]))
      if (!written.has(entry.key)) written.set(entry.key, entry);
  return [...written.values()];
}

function balancesOf(entries: readonly LedgerEntry[]): Record<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const entry of entries)
    for (const account of [entry.debit, entry.credit]) {
      const key = `${entry.date} ${account} ${entry.kind}`;
      sums.set(key, (sums.get(key) ?? 0n) + movementOf(entry, account));
    }
  return Object.fromEntries([...sums].filter(([, minor]) => minor !== 0n).sort());
}

const held = (steps: readonly Step[]): bigint =>
  play(steps).reduce((sum, entry) => sum + movementOf(entry, CLEARING), 0n);

describe('an opening balance', () => {
  test('is one transfer into the clearing account, dated on go-live', () => {
    expect(opening(MINOR)([])).toEqual([
      {
        key: 'opening:gocardless:PM1',
        kind: 'opening',
        provider: 'gocardless',
        debit: CLEARING,
        credit: 'equity:opening',
        amount: { minor: MINOR, currency: 'GBP' },
        date: GO_LIVE,
        factDate: GO_LIVE,
        source: SOURCE,
        invoiceId: null,
        postingKey: null,
        payoutId: null,
        eventId: null,
        note: 'PM1 at go-live on 2026-11-01',
      },
    ]);
  });

  test('of what was owed goes the other way, of nothing is none', () => {
    expect(opening(-5n)([])).toMatchObject([
      { debit: 'equity:opening', credit: CLEARING, amount: { minor: 5n } },
    ]);
    expect(opening(0n)([])).toEqual([]);
  });

  test('of a sum per currency has a key per currency', () => {
    const source = openingBalanceSubject('paypal');
    const keys = ['EUR', 'GBP'].flatMap((currency) =>
      openingEntries({ source, amount: { minor: 1n, currency }, goLive: GO_LIVE }, []).map(({ key }) => key),
    );
    expect(keys).toEqual(['opening:paypal:EUR', 'opening:paypal:GBP']);
  });

  test('is not needed for what stands on an invoice already, and is taken back when that comes later', () => {
    expect(opening(MINOR)(play([collection]))).toEqual([]);
    expect(held([opening(MINOR), collection])).toBe(MINOR);
  });

  test('takes back what a payout had set aside', () => {
    expect(play([payout('PO1', 'payment_paid_out'), opening(MINOR)]).map(({ key }) => key)).toEqual([
      'unallocated:gocardless:PO1:0',
      'opening:gocardless:PM1',
      'mirror:unallocated:gocardless:PO1:0',
    ]);
  });

  test('explains what it says and nothing else: a failure after go-live stands by itself', () => {
    expect(play([opening(MINOR), payout('PO1', 'payment_paid_out')])).toHaveLength(1);
    expect(play([opening(-MINOR), payout('PO1', 'payment_failed')])).toHaveLength(1);
    expect(play([opening(MINOR), payout('PO1', 'payment_failed')]).map(({ kind }) => kind)).toEqual([
      'opening',
      'unallocated',
    ]);
  });

  test.each<[string, Step[]]>([
    ['paid out', [opening(MINOR), payout('PO1', 'payment_paid_out')]],
    [
      'paid out and taken back',
      [opening(MINOR), payout('PO1', 'payment_paid_out'), payout('PO2', 'payment_failed')],
    ],
    ['owed and taken', [opening(-MINOR), payout('PO1', 'payment_failed')]],
    ['paid out, put on an invoice', [opening(MINOR), payout('PO1', 'payment_paid_out'), collection]],
  ])('%s: any order gives the same balances', (_name, steps) => {
    const orders = fc.shuffledSubarray(steps, { minLength: steps.length });
    const expected = balancesOf(play(steps));
    fc.assert(
      fc.property(orders, (order) => {
        // An event that comes again, and the opening's second try, change nothing.
        expect(balancesOf(play([...order, ...order]))).toEqual(expected);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { collectionEntries, reversalEntry } from '../ledger/entries.ts';
import { type LedgerEntry, movementOf } from '../ledger/entry.ts';
import type { Payout, PayoutItem, PayoutItemType } from '../ports/payouts.ts';
import { addsUp, feesMinorOf, meaningOf, sumsOf, taxMinorOf, unexplainedOf } from './explain.ts';
import { payoutEntries, payoutReturnEntries } from './payout-entries.ts';
import { minorFromTenths } from './tenths.ts';
import { wholeAmounts } from './whole-amounts.ts';

const CLEARING = 'assets:clearing:gocardless';
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

function item(type: string, amountTenths: bigint, facts: Partial<PayoutItem> = {}): PayoutItem {
  return {
    type: type as PayoutItemType,
    amountTenths,
    taxTenths: 0n,
    paymentId: null,
    refundId: null,
    mandateId: null,
    ...facts,
  };
}

function payoutOf(items: readonly PayoutItem[], facts: Partial<Payout> = {}): Payout {
  const minor = minorFromTenths(sumsOf(items).allTenths);
  return {
    id: 'PO1',
    net: gbp(minor),
    deductedFeesMinor: 0n,
    status: 'paid',
    arrivalDate: '2026-11-24',
    reference: 'ACME-1',
    payoutType: 'merchant',
    exchange: null,
    createdAt: '2026-11-23T09:00:00.000Z',
    ...facts,
  };
}

function entriesFor(
  items: readonly PayoutItem[],
  earlier: readonly LedgerEntry[] = [],
  facts: Partial<Payout> = {},
) {
  const byPayment = new Map(
    earlier.map(({ source }) => [source.id, earlier.filter((entry) => entry.source.id === source.id)]),
  );
  const payout = payoutOf(items, facts);
  return payoutEntries({ payout, items, date: '2026-11-24', earlier: byPayment, eventId: '1' });
}

function collected(paymentId: string, minor: bigint): LedgerEntry[] {
  const source = { provider: 'gocardless', type: 'payment', id: paymentId };
  const fact = { source, amount: gbp(minor), factDate: '2026-11-20', eventId: '1' };
  return collectionEntries(fact, { key: `of ${paymentId}`, date: '2026-11-20', invoiceId: '1' }, []);
}

const short = ({ kind, debit, credit, amount }: LedgerEntry) => [kind, debit, credit, amount.minor];

function moved(entries: readonly LedgerEntry[], account: string): bigint {
  return entries.reduce((sum, entry) => sum + movementOf(entry, account), 0n);
}

describe('what each item becomes', () => {
  test('a payment on an invoice and its fee: the bank, the fees, nothing else', () => {
    const items = [
      item('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      item('gocardless_fee', -1_320n, { paymentId: 'PM1' }),
    ];
    expect(entriesFor(items, collected('PM1', 10_000n)).map(short)).toEqual([
      ['payout', 'assets:bank', CLEARING, 9_868n],
      ['fee', 'expenses:fees:gocardless', CLEARING, 132n],
    ]);
  });

  test('all fees are one entry; more given back than taken is one the other way', () => {
    const charged = [item('gocardless_fee', -100n), item('app_fee', -55n), item('surcharge_fee', -50n)];
    expect(entriesFor([item('refund', 1_000n), ...charged])[1]?.amount.minor).toBe(20n);
    const back = [item('gocardless_fee', 200n), item('app_fee', -50n)];
    expect(entriesFor(back).map(short)).toEqual([
      ['payout', 'assets:bank', CLEARING, 15n],
      ['fee', CLEARING, 'expenses:fees:gocardless', 15n],
    ]);
  });

  test.each([
    ['payment_paid_out', 500n, ['unallocated', CLEARING, 'liabilities:unallocated', 50n]],
    ['payment_failed', -500n, ['unallocated', 'liabilities:unallocated', CLEARING, 50n]],
    ['payment_charged_back', -500n, ['unallocated', 'liabilities:unallocated', CLEARING, 50n]],
    ['payment_refunded', -500n, ['refund', 'liabilities:unallocated', CLEARING, 50n]],
    ['refund', -500n, ['refund', 'liabilities:unallocated', CLEARING, 50n]],
    ['refund_funds_returned', 500n, ['refund', CLEARING, 'liabilities:unallocated', 50n]],
    ['revenue_share', 500n, ['movement', CLEARING, 'liabilities:unallocated', 50n]],
    ['revenue_share', -500n, ['movement', 'liabilities:unallocated', CLEARING, 50n]],
    ['rebate_of_tomorrow', 500n, ['movement', CLEARING, 'liabilities:unallocated', 50n]],
  ])('%s of a payment that stands on no invoice', (type, tenths, expected) => {
    expect(entriesFor([item(type, tenths, { paymentId: 'PM9', refundId: 'RF1' })]).map(short)[1]).toEqual(
      expected,
    );
  });

  test.each([
    ['payment_paid_out', 1_000n, null],
    ['payment_failed', -1_000n, null],
    ['payment_charged_back', -1_000n, null],
    ['payment_refunded', -1_000n, ['refund', 'assets:receivables', CLEARING, 100n]],
    ['refund_funds_returned', 1_000n, ['refund', CLEARING, 'assets:receivables', 100n]],
  ])('%s of a payment that stood on an invoice', (type, tenths, expected) => {
    const entries = entriesFor([item(type, tenths, { paymentId: 'PM1' })], collected('PM1', 100n));
    expect(entries.map(short)[1] ?? null).toEqual(expected);
  });

  test('a kind of item nobody knows says so', () => {
    const [, movement] = entriesFor([item('rebate_of_tomorrow', 500n)]);
    expect(movement?.note).toBe('a kind of item not known here: rebate_of_tomorrow  in payout PO1');
  });

  test('a payment that a person took back has its money aside: it goes from there', () => {
    const source = { provider: 'gocardless', type: 'payment', id: 'PM1' };
    const fact = { source, amount: gbp(100n), factDate: '2026-11-20', eventId: '1' };
    const reversal = reversalEntry(fact, { key: 'r', date: '2026-11-22', invoiceId: '1' }, 'by hand');
    const aside = { ...reversal, key: 'unallocated:r', kind: 'unallocated' as const };
    const standing = { ...aside, debit: CLEARING, credit: 'liabilities:unallocated' };
    const earlier = [...collected('PM1', 100n), reversal, standing];
    const entries = entriesFor([item('payment_failed', -1_000n, { paymentId: 'PM1' })], earlier);
    expect(entries.map(short)[1]).toEqual(['unallocated', 'liabilities:unallocated', CLEARING, 100n]);
  });

  test('nothing of a payout of nothing', () => {
    expect(entriesFor([])).toEqual([]);
    const items = [
      item('payment_paid_out', 1_000n, { paymentId: 'PM1' }),
      item('payment_charged_back', -1_000n, { paymentId: 'PM1' }),
    ];
    expect(entriesFor(items, collected('PM1', 100n))).toEqual([]);
  });

  test('a payout below zero goes the other way', () => {
    const items = [item('payment_failed', -1_000n, { paymentId: 'PM1' })];
    expect(entriesFor(items, collected('PM1', 100n)).map(short)).toEqual([
      ['payout', CLEARING, 'assets:bank', 100n],
    ]);
  });

  test('an exchanged payout passes the conversion account in both currencies', () => {
    const exchange = { currency: 'EUR', amountMinor: 117n, rate: '1.17' };
    const items = [item('payment_paid_out', 1_000n, { paymentId: 'PM1' })];
    const entries = entriesFor(items, collected('PM1', 100n), { exchange });
    expect(entries).toMatchObject([
      { kind: 'payout', debit: 'equity:conversion', credit: CLEARING, amount: gbp(100n) },
      {
        kind: 'conversion',
        debit: 'assets:bank',
        credit: 'equity:conversion',
        amount: { minor: 117n, currency: 'EUR' },
        note: 'payout PO1 ACME-1, exchanged at 1.17',
      },
    ]);
    const returned = payoutReturnEntries({
      payout: payoutOf(items, { exchange }),
      date: '2026-12-01',
      eventId: '2',
    });
    expect(moved([...entries, ...returned], 'equity:conversion')).toBe(0n);
    expect(moved([...entries, ...returned], 'assets:bank')).toBe(0n);
  });

  test('one that came back undoes its way to the bank on that day, and nothing else', () => {
    const payout = payoutOf([item('refund', 1_000n), item('gocardless_fee', -100n)]);
    const returned = payoutReturnEntries({ payout, date: '2026-12-01', eventId: '2' });
    expect(returned).toMatchObject([
      {
        key: 'payout-return:gocardless:PO1',
        kind: 'payout-return',
        debit: CLEARING,
        credit: 'assets:bank',
        amount: gbp(90n),
        date: '2026-12-01',
      },
    ]);
  });
});

const TYPES = [
  'payment_paid_out', 'payment_failed', 'payment_charged_back', 'payment_refunded', 'refund', 'refund_funds_returned',
  'gocardless_fee', 'app_fee', 'revenue_share', 'surcharge_fee', 'something_new',
] as const; // prettier-ignore

const anyItem = fc
  .record({
    type: fc.constantFrom(...TYPES),
    whole: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
    tenth: fc.bigInt({ min: 0n, max: 9n }),
    payment: fc.nat(40),
  })
  .map(({ type, whole, tenth, payment }) => {
    const isWhole = !['fee', 'movement', 'unknown'].includes(meaningOf(type));
    return item(type, whole * 10n + (isWhole ? 0n : tenth), {
      paymentId: type === 'refund' ? null : `PM${payment}`,
      taxTenths: meaningOf(type) === 'fee' ? whole : 0n,
    });
  });

describe('to the penny', () => {
  test('a payout of 1,000 items of every type sums exactly', () => {
    const many = fc.array(anyItem, { minLength: 1_000, maxLength: 1_000 });
    fc.assert(
      fc.property(many, (items) => {
        // Nobody knows any of the payments: everything is in the entries, so the clearing account ends where it began.
        const entries = entriesFor(items);
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
        expect(entries.every(({ amount }) => amount.minor > 0n)).toBe(true);
        expect(moved(entries, CLEARING)).toBe(0n);
      }),
      { numRuns: 20 },
    );
  });

  test('net and fees are what the other items bring, however the tenths fall', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 30 }), (items) => {
        const sums = sumsOf(items);
        const net = minorFromTenths(sums.allTenths);
        expect(addsUp(net, sums)).toBe(true);
        const others = items.filter(({ type }) => meaningOf(type) !== 'fee');
        const gross = wholeAmounts(others).reduce((sum, minor) => sum + minor, 0n);
        expect(net + feesMinorOf(net, sums)).toBe(gross);
      }),
    );
  });

  test('fees of half a unit do not lose the penny that the payout was rounded by', () => {
    const items = [item('payment_paid_out', 1_000n, { paymentId: 'PM1' }), item('gocardless_fee', -525n)];
    // 100 - 52.5 is 47.5, paid out as 48: the fee cost 52.
    expect(feesMinorOf(48n, sumsOf(items))).toBe(52n);
    expect(moved([...collected('PM1', 100n), ...entriesFor(items, collected('PM1', 100n))], CLEARING)).toBe(
      0n,
    );
  });

  test('items that are not the payout do not add up, and their fees are as they stand', () => {
    const sums = sumsOf([item('payment_paid_out', 1_000n), item('gocardless_fee', -525n)]);
    expect(addsUp(47n, sums)).toBe(false);
    expect(feesMinorOf(47n, sums)).toBe(53n);
  });

  test('the tax inside fees is counted as a cost, tax beside other items is not', () => {
    const items = [
      item('gocardless_fee', -1_320n, { taxTenths: -220n }),
      item('gocardless_fee', 600n, { taxTenths: 100n }),
      item('revenue_share', 600n, { taxTenths: 100n }),
    ];
    expect(taxMinorOf(items)).toBe(12n);
  });
});

describe('what is not ours', () => {
  test('payments of others, with their refunds; fees, shares and refunds without a payment never', () => {
    const items = [
      item('payment_paid_out', 1_000n, { paymentId: 'PM1' }),
      item('payment_paid_out', 2_000n, { paymentId: 'PM2' }),
      item('payment_refunded', -500n, { paymentId: 'PM2', refundId: 'RF1' }),
      item('gocardless_fee', -10n, { paymentId: 'PM2' }),
      item('revenue_share', 10n, { paymentId: 'PM3' }),
      item('refund', -10n, { refundId: 'RF2' }),
      item('rebate_of_tomorrow', 70n, { paymentId: 'PM4' }),
    ];
    const left = unexplainedOf(items, new Set(['PM1']));
    expect(left.minor).toBe(157n);
    expect(left.items.map(({ type }) => type)).toEqual([
      'payment_paid_out',
      'payment_refunded',
      'rebate_of_tomorrow',
    ]);
    expect(unexplainedOf(items, new Set(['PM1', 'PM2', 'PM4']))).toEqual({ items: [], minor: 0n });
  });

  test('what names no payment and is no fee, share or refund is nobody’s we know', () => {
    const items = [
      item('payment_paid_out', 1_000n),
      item('payment_failed', -300n),
      item('levy_of_tomorrow', -100n),
      item('gocardless_fee', -10n),
      item('revenue_share', 10n),
      item('payment_refunded', -20n, { refundId: 'RF1' }),
      item('refund_funds_returned', 20n),
    ];
    const left = unexplainedOf(items, new Set(['PM1']));
    expect(left.minor).toBe(60n);
    expect(left.items.map(({ type }) => type)).toEqual([
      'payment_paid_out',
      'payment_failed',
      'levy_of_tomorrow',
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { ReportSummary, SummaryRow } from '@mlc/core';
import { balanceDifferences } from './check-journal.ts';
import { checkMonth, type ProviderBooks } from './check-month.ts';

const NOTHING: SummaryRow = {
  provider: 'gocardless',
  openingMinor: 0,
  collectedMinor: 0,
  reversedMinor: 0,
  refundedMinor: 0,
  feesMinor: 0,
  paidOutMinor: 0,
  otherMinor: 0,
  closingMinor: 0,
  providerInFlightMinor: 0,
  differenceMinor: 0,
};

const POUNDS: SummaryRow = {
  ...NOTHING,
  openingMinor: 500,
  collectedMinor: 3_000,
  reversedMinor: 200,
  feesMinor: 30,
  paidOutMinor: 1_770,
  closingMinor: 1_500,
  providerInFlightMinor: 1_500,
};

const PAYPAL: SummaryRow = {
  ...NOTHING,
  provider: 'paypal',
  collectedMinor: 900,
  closingMinor: 900,
  providerInFlightMinor: 900,
};

function reportOf(pounds: Partial<SummaryRow> = {}, unexplained = [8_800]): ReportSummary['report'] {
  return {
    business: 'demo',
    month: '2026-10',
    currencies: [
      { currency: 'EUR', clearing: [NOTHING] },
      { currency: 'GBP', clearing: [{ ...POUNDS, ...pounds }, PAYPAL] },
    ],
    openReviews: unexplained.map((amountMinor) => ({
      kind: 'payout_unexplained',
      subject: { provider: 'gocardless', type: 'payout', id: 'PO1' },
      amountMinor,
      currency: 'GBP',
    })),
    completeness: { seen: 0, done: 0, skipped: 0, parked: 0, dead: 0, inReview: 0 },
  };
}

interface Told {
  readonly balance?: number;
  readonly expenses?: bigint;
  readonly entries?: number;
  readonly status?: string;
}

/** One payout in the month that settled a payment and a chargeback; 1500 are still under way. */
function booksOf({
  balance = 900,
  expenses = 30n,
  entries = 1,
  status = 'paid_out',
}: Told = {}): ProviderBooks {
  const gocardless = {
    payments: [
      { id: 'PM1', amount: 2_000, currency: 'GBP', charge_date: '2026-10-05', status },
      { id: 'PM2', amount: 1_500, currency: 'GBP', charge_date: '2026-10-30', status: 'confirmed' },
      { id: 'PM3', amount: 700, currency: 'GBP', charge_date: '2026-11-02', status: 'confirmed' },
      { id: 'PM4', amount: 200, currency: 'GBP', charge_date: '2026-10-01', status: 'charged_back' },
    ],
    payouts: [
      {
        id: 'PO1',
        amount: 1_770,
        deducted_fees: 30,
        currency: 'GBP',
        status: 'paid',
        arrival_date: '2026-10-08',
        items: [
          { type: 'payment_paid_out', amount: '2000.0' },
          { type: 'payment_paid_out', amount: '200.0' },
          { type: 'payment_charged_back', amount: '-200.0' },
          { type: 'gocardless_fee', amount: '-30.0' },
          { type: 'payment_charged_back', amount: '-200.0' },
          { type: 'payment_paid_out', amount: '200.0' },
        ],
      },
    ],
  };
  return {
    gocardless: { books: () => gocardless as never },
    paypal: { account: { balance: () => balance } },
    freshbooks: {
      desk: () => ({
        expenses: () => [{ amount: expenses, currency: 'GBP' }] as never,
        journal: () => Array.from({ length: entries }, () => ({})) as never,
      }),
    },
  };
}

describe("the month's report against the providers' own books", () => {
  test('is right when they agree', () => {
    expect(checkMonth(booksOf(), reportOf())).toEqual([]);
  });

  test.each<[string, Told, Partial<SummaryRow>, string]>([
    [
      'a difference',
      {},
      { differenceMinor: 1 },
      'GBP gocardless: difference to the provider is 1, should be 0',
    ],
    ['an unproven account', {}, { differenceMinor: null }, 'difference to the provider is null, should be 0'],
    ['columns that do not add up', {}, { otherMinor: 1 }, 'opening and movements is 1501, should be 1500'],
    ['other fees', {}, { feesMinor: 29, paidOutMinor: 1_771 }, 'GBP gocardless: fees is 29, should be 30'],
    ['more at GoCardless', { status: 'failed' }, {}, 'GBP gocardless: closing is 1500, should be -500'],
    ['more at PayPal', { balance: 901 }, {}, 'GBP paypal: closing is 900, should be 901'],
    ['a fee booked twice', { expenses: 60n }, {}, 'expenses for fees is ["GBP 60"], should be ["GBP 30"]'],
    ['a payout booked twice', { entries: 2 }, {}, 'journal entries for payouts is 2, should be 1'],
  ])('sees %s', (_what, told, pounds, complaint) => {
    expect(checkMonth(booksOf(told), reportOf(pounds)).join('\n')).toContain(complaint);
  });

  test('sees an account that is missing and a payout nobody was asked about', () => {
    const { currencies, ...rest } = reportOf({}, []);
    expect(checkMonth(booksOf(), { ...rest, currencies: currencies.slice(1) })).toEqual([
      'clearing accounts is ["GBP gocardless","GBP paypal"], should be ["EUR gocardless","GBP gocardless","GBP paypal"]',
      'unexplained payouts is [], should be [8800]',
    ]);
  });
});

describe('hledger balance', () => {
  const csv = (gocardless: string): string =>
    [
      '"account","commodity","balance"',
      `"assets:clearing:gocardless","GBP","${gocardless}"`,
      '"assets:clearing:paypal","GBP","9.00"',
    ].join('\n');

  test('equals the report, accounts at zero left out', () => {
    expect(balanceDifferences(csv('15.00'), reportOf())).toEqual([]);
    expect(balanceDifferences(csv('-15.00'), reportOf({ closingMinor: -1_500 }))).toEqual([]);
  });

  test('or says how it differs', () => {
    expect(balanceDifferences(csv('15.01'), reportOf())).toEqual([
      'hledger balance is assets:clearing:gocardless GBP 1501; assets:clearing:paypal GBP 900, ' +
        'should be assets:clearing:gocardless GBP 1500; assets:clearing:paypal GBP 900',
    ]);
  });
});

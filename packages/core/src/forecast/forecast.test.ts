import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { COLLECTION_STATES } from '../collections/collection.ts';
import { addDays } from '../dates/dates.ts';
import { addWorkingDays, expectedArrival } from './expected-arrival.ts';
import {
  accuracyOf,
  expectedOn,
  Forecast,
  type ForecastDebit,
  type ForecastWindow,
  summariesOf,
} from './forecast.ts';

const TODAY = '2026-11-18';
const WINDOW: ForecastWindow = { from: '2026-11-01', to: '2026-12-31', today: TODAY };

function debit(facts: Partial<ForecastDebit> = {}): ForecastDebit {
  return {
    paymentId: 'PM1',
    currency: 'GBP',
    amountMinor: 10_000n,
    state: 'submitted',
    willAttemptRetry: false,
    chargeDate: '2026-11-19',
    scheme: 'bacs',
    nextPossibleChargeDate: null,
    expectedDate: '2026-11-23',
    actualDate: null,
    ...facts,
  };
}

describe('when a debit should arrive', () => {
  // 2026-11-16 is a Monday.
  test.each([
    ['bacs', '2026-11-16', '2026-11-18'],
    ['bacs', '2026-11-19', '2026-11-23'],
    ['bacs', '2026-11-20', '2026-11-24'],
    ['sepa_core', '2026-11-16', '2026-11-19'],
    ['ach', '2026-11-18', '2026-11-23'],
    ['becs', '2026-11-16', '2026-11-19'],
    ['becs_nz', '2026-11-16', '2026-11-20'],
    ['pad', '2026-11-16', '2026-11-19'],
    ['autogiro', '2026-11-16', '2026-11-18'],
    ['betalingsservice', '2026-11-16', '2026-11-18'],
    ['faster_payments', '2026-11-20', '2026-11-23'],
    ['pay_to', '2026-11-16', '2026-11-17'],
    ['a new one', '2026-11-16', '2026-11-19'],
  ])('%s charged on %s: %s', (scheme, chargeDate, arrival) => {
    expect(expectedArrival({ chargeDate, scheme, currency: 'XXX' })).toBe(arrival);
  });

  test('without a known mandate the currency says the scheme', () => {
    const chargeDate = '2026-11-16';
    expect(expectedArrival({ chargeDate, scheme: null, currency: 'GBP' })).toBe('2026-11-18');
    expect(expectedArrival({ chargeDate, scheme: null, currency: 'NZD' })).toBe('2026-11-20');
    expect(expectedArrival({ chargeDate, scheme: null, currency: 'XXX' })).toBe('2026-11-19');
  });

  test('it is never a weekend, never earlier, and one working day more is later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 1, max: 12 }),
        (offset, workingDays) => {
          const from = addDays('2024-01-01', offset);
          const day = addWorkingDays(from, workingDays);
          expect([0, 6]).not.toContain(new Date(`${day}T00:00:00Z`).getUTCDay());
          expect(addWorkingDays(from, workingDays + 1) > day).toBe(true);
          expect(day > from).toBe(true);
        },
      ),
    );
  });
});

describe('the day a debit counts on', () => {
  test.each<[string, Partial<ForecastDebit>, string | null]>([
    ['on its way: as things stand', { expectedDate: '2026-11-20' }, '2026-11-23'],
    ['tried again: as things stand', { state: 'failed', willAttemptRetry: true }, '2026-11-23'],
    ['arrived: as first foreseen', { state: 'paid_out', expectedDate: '2026-11-12' }, '2026-11-12'],
    [
      'arrived and lost since: as first foreseen',
      { state: 'charged_back', expectedDate: '2026-11-12', actualDate: '2026-11-13' },
      '2026-11-12',
    ],
    ['arrived before expectations were kept', { state: 'paid_out', expectedDate: null }, '2026-11-23'],
    ['failed', { state: 'failed' }, null],
    ['cancelled', { state: 'cancelled' }, null],
    ['charged back before it arrived', { state: 'charged_back' }, null],
    ['planned for a day', { state: 'planned', expectedDate: null, chargeDate: '2026-11-30' }, '2026-12-02'],
    [
      'planned as soon as the mandate allows',
      { state: 'planned', expectedDate: null, chargeDate: null, nextPossibleChargeDate: '2026-11-24' },
      '2026-11-26',
    ],
    [
      'planned for a mandate not known',
      { state: 'planned', expectedDate: null, chargeDate: null },
      '2026-11-20',
    ],
  ])('%s', (_name, facts, day) => {
    expect(expectedOn(debit(facts), TODAY)).toBe(day);
  });
});

describe('the forecast', () => {
  test('adds up by day and currency, and leaves out days without anything', () => {
    const forecast = new Forecast();
    forecast.expect(debit(), WINDOW);
    forecast.expect(debit({ amountMinor: 500n }), WINDOW);
    forecast.expect(debit({ currency: 'EUR', amountMinor: 700n, scheme: 'sepa_core' }), WINDOW);
    forecast.expect(debit({ state: 'cancelled' }), WINDOW);
    forecast.expect(debit({ chargeDate: '2027-01-10' }), WINDOW);
    forecast.arrive({ date: '2026-11-23', currency: 'GBP', amountMinor: 9_900n }, WINDOW);
    forecast.arrive({ date: '2026-11-10', currency: 'GBP', amountMinor: 5n }, WINDOW);
    forecast.arrive({ date: '2026-11-11', currency: 'GBP', amountMinor: 0n }, WINDOW);
    forecast.arrive({ date: '2026-10-31', currency: 'GBP', amountMinor: 5n }, WINDOW);
    expect(forecast.days()).toEqual([
      { date: '2026-11-10', currency: 'GBP', expectedMinor: 0n, paidMinor: 5n },
      { date: '2026-11-23', currency: 'GBP', expectedMinor: 10_500n, paidMinor: 9_900n },
      { date: '2026-11-24', currency: 'EUR', expectedMinor: 700n, paidMinor: 0n },
    ]);
  });

  test('nothing is lost or doubled, in whatever order it comes', () => {
    const anyDebit = fc
      .record({
        state: fc.constantFrom(...COLLECTION_STATES),
        willAttemptRetry: fc.boolean(),
        amountMinor: fc.bigInt({ min: 1n, max: 1_000_000n }),
        currency: fc.constantFrom('GBP', 'EUR'),
        chargeDate: fc.option(fc.integer({ min: 0, max: 20 }).map((offset) => addDays('2026-11-01', offset))),
      })
      .map((facts) => debit({ ...facts, expectedDate: null }));
    fc.assert(
      fc.property(fc.array(anyDebit), fc.func(fc.integer()), (debits, shuffle) => {
        const daysOf = (list: readonly ForecastDebit[]) => {
          const forecast = new Forecast();
          for (const one of list) forecast.expect(one, WINDOW);
          return forecast.days();
        };
        const days = daysOf(debits);
        const counted = debits.filter((one) => expectedOn(one, TODAY) !== null);
        const total = (amounts: bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
        expect(total(days.map(({ expectedMinor }) => expectedMinor))).toBe(
          total(counted.map(({ amountMinor }) => amountMinor)),
        );
        const mixed = debits
          .map((one, index) => [shuffle(index), one] as const)
          .sort(([left], [right]) => left - right)
          .map(([, one]) => one);
        expect(daysOf(mixed)).toEqual(days);
      }),
    );
  });
});

describe('accuracy', () => {
  const arrived = (expectedDate: string, actualDate: string) =>
    accuracyOf(debit({ state: 'paid_out', expectedDate, actualDate }), TODAY);

  test('is the distance from the day first foreseen', () => {
    expect(arrived('2026-11-10', '2026-11-10')).toEqual({
      paymentId: 'PM1',
      currency: 'GBP',
      amountMinor: 10_000n,
      expectedDate: '2026-11-10',
      actualDate: '2026-11-10',
      daysLate: 0,
    });
    expect(arrived('2026-11-10', '2026-11-13')?.daysLate).toBe(3);
    expect(arrived('2026-11-10', '2026-11-09')?.daysLate).toBe(-1);
  });

  test('counts what is overdue, and not what is not due or never came', () => {
    expect(accuracyOf(debit({ expectedDate: '2026-11-17' }), TODAY)).toMatchObject({
      actualDate: null,
      daysLate: null,
    });
    expect(accuracyOf(debit({ expectedDate: TODAY }), TODAY)).toBeNull();
    expect(accuracyOf(debit({ expectedDate: '2026-11-17', state: 'failed' }), TODAY)).toBeNull();
    expect(accuracyOf(debit({ paymentId: null, expectedDate: null, state: 'planned' }), TODAY)).toBeNull();
  });

  test('is summed up by currency', () => {
    const all = [
      arrived('2026-11-10', '2026-11-10'),
      arrived('2026-11-10', '2026-11-12'),
      arrived('2026-11-10', '2026-11-15'),
      arrived('2026-11-10', '2026-11-09'),
      accuracyOf(debit({ expectedDate: '2026-11-17' }), TODAY),
      accuracyOf(debit({ currency: 'EUR', state: 'paid_out', actualDate: '2026-11-23' }), TODAY),
    ].filter((one) => one !== null);
    expect(summariesOf(all)).toEqual([
      { currency: 'EUR', arrived: 1, onTime: 1, early: 0, late: 0, daysLateMax: 0, overdue: 0 },
      { currency: 'GBP', arrived: 4, onTime: 1, early: 1, late: 2, daysLateMax: 5, overdue: 1 },
    ]);
  });
});

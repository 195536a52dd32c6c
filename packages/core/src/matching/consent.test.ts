import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { addDays } from '../dates/dates.ts';
import type { Consent, Debit, Mandate } from '../ports/debits.ts';
import { chooseMandate, isUsable } from './choose-mandate.ts';
import { consentExceeded, firstChargeDate, periodOf } from './consent.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

function consent(changes: Partial<Consent> = {}): Consent {
  return {
    startDate: null,
    endDate: null,
    maxPeriodMinor: null,
    maxPeriodPayments: null,
    period: null,
    isByCalendar: true,
    ...changes,
  };
}

function mandate(changes: Partial<Mandate> = {}): Mandate {
  return {
    id: 'MD1',
    status: 'active',
    scheme: 'faster_payments',
    currency: 'GBP',
    customerId: 'CU1',
    nextPossibleChargeDate: '2026-11-12',
    createdAt: '2026-01-15T10:00:00.000Z',
    metadata: {},
    newMandateId: null,
    maxAmountMinor: null,
    consent: null,
    consentType: null,
    ...changes,
  };
}

function debit(chargeDate: string, minor: bigint, changes: Partial<Debit> = {}): Debit {
  return { mandateId: 'MD1', status: 'submitted', chargeDate, amount: gbp(minor), ...changes } as Debit;
}

describe('an authorisation that allows no debit of ours', () => {
  test.each<[string, Partial<Mandate>, boolean]>([
    ['no bounds', {}, true],
    ['recurring', { consentType: 'recurring' }, true],
    ['of a kind that is new', { consentType: 'variable' }, true],
    ['standing: the payer asks for each payment', { consentType: 'standing' }, false],
    ['sporadic', { consentType: 'sporadic' }, false],
    ['given by telephone', { authorisationSource: 'telephone' }, true],
    ['for one payment', { consentType: 'one_off' }, false],
    ['single', { consentType: 'single' }, false],
    ['past its end', { consent: consent({ endDate: '2026-11-11' }) }, false],
    ['on its last day', { consent: consent({ endDate: '2026-11-12' }) }, true],
  ])('%s', (_name, facts, usable) => {
    expect(isUsable(mandate(facts))).toBe(usable);
  });

  test('is not chosen, and the reason says why', () => {
    const over = mandate({ consent: consent({ endDate: '2026-10-31' }) });
    expect(chooseMandate([over], 'GBP')).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('authorised until 2026-10-31 only'),
    });
    expect(chooseMandate([over, mandate({ id: 'MD2' })], 'GBP')).toMatchObject({ mandate: { id: 'MD2' } });
  });
});

describe('what a debit would exceed', () => {
  const month = { period: 'month', maxPeriodMinor: 30_000n };
  const on = (minor: bigint, chargeDate: string, debits: Debit[] = []) => ({
    amount: gbp(minor),
    chargeDate,
    debits,
  });

  test.each<[string, Partial<Mandate>, ReturnType<typeof on>, RegExp | null]>([
    ['nothing', {}, on(1_000_000n, '2026-11-20'), null],
    [
      'the largest amount',
      { maxAmountMinor: 9_999n },
      on(10_000n, '2026-11-20'),
      /allows GBP 99.99 per debit/,
    ],
    [
      'the end',
      { consent: consent({ endDate: '2026-11-30' }) },
      on(1n, '2026-12-01'),
      /until 2026-11-30 only.*taken on 2026-12-01/,
    ],
    ['the last day is in', { consent: consent({ endDate: '2026-11-30' }) }, on(1n, '2026-11-30'), null],
    [
      'just the sum of a month',
      { consent: consent(month) },
      on(10_000n, '2026-11-20', [debit('2026-11-02', 20_000n)]),
      null,
    ],
    [
      'more than the sum of a month',
      { consent: consent(month) },
      on(10_001n, '2026-11-20', [debit('2026-11-02', 20_000n)]),
      /allows GBP 300.00 per month, of which GBP 200.00.*2026-11-01 and 2026-11-30/,
    ],
    [
      'another month',
      { consent: consent(month) },
      on(10_001n, '2026-12-01', [debit('2026-11-30', 20_000n)]),
      null,
    ],
    [
      'another mandate',
      { consent: consent(month) },
      on(10_001n, '2026-11-20', [debit('2026-11-02', 20_000n, { mandateId: 'MD2' })]),
      null,
    ],
    [
      'what was cancelled',
      { consent: consent(month) },
      on(10_001n, '2026-11-20', [debit('2026-11-02', 20_000n, { status: 'cancelled' })]),
      null,
    ],
    [
      'the number of debits',
      { consent: consent({ period: 'week', maxPeriodPayments: 1 }) },
      on(1n, '2026-11-20', [debit('2026-11-16', 1n)]),
      /allows 1 debits per week, and 1 are made/,
    ],
    [
      'another week',
      { consent: consent({ period: 'week', maxPeriodPayments: 1 }) },
      on(1n, '2026-11-20', [debit('2026-11-15', 1n)]),
      null,
    ],
    [
      'altogether',
      { consent: consent({ period: 'flexible', maxPeriodMinor: 100n }) },
      on(1n, '2026-11-20', [debit('2026-02-02', 100n)]),
      /allows GBP 1.00 altogether/,
    ],
  ])('%s', (_name, facts, intended, words) => {
    const exceeded = consentExceeded(mandate(facts), intended);
    if (words === null) expect(exceeded).toBeNull();
    else expect(exceeded).toMatch(words);
  });
});

describe('the period of a day', () => {
  const limited = (changes: Partial<Consent>) =>
    mandate({ consent: consent({ maxPeriodPayments: 1, ...changes }) });

  test.each<[string, Partial<Consent>, string, { from: string; to: string }]>([
    ['day', { period: 'day' }, '2026-11-20', { from: '2026-11-20', to: '2026-11-20' }],
    ['week by the calendar', { period: 'week' }, '2026-11-20', { from: '2026-11-16', to: '2026-11-22' }],
    [
      'week of the consent',
      { period: 'week', isByCalendar: false, startDate: '2026-11-04' },
      '2026-11-20',
      { from: '2026-11-18', to: '2026-11-24' },
    ],
    ['month by the calendar', { period: 'month' }, '2026-02-20', { from: '2026-02-01', to: '2026-02-28' }],
    [
      'month of the consent',
      { period: 'month', isByCalendar: false, startDate: '2026-01-15' },
      '2026-11-14',
      { from: '2026-10-15', to: '2026-11-14' },
    ],
    [
      'month of a consent from the 31st',
      { period: 'month', isByCalendar: false, startDate: '2026-01-31' },
      '2026-02-28',
      { from: '2026-02-28', to: '2026-03-30' },
    ],
    [
      'year of the consent, begun when the mandate was',
      { period: 'year', isByCalendar: false },
      '2027-01-14',
      { from: '2026-01-15', to: '2027-01-14' },
    ],
  ])('%s', (_name, changes, day, period) => {
    expect(periodOf(limited(changes), day)).toEqual(period);
  });

  test('holds the day, and the next one begins where it ends', () => {
    const days = fc.integer({ min: 0, max: 2_000 }).map((number) => addDays('2026-01-31', number));
    const start = fc.constantFrom('2026-01-31', '2026-01-15', '2024-02-29');
    const period = fc.constantFrom('day', 'week', 'month', 'year');
    fc.assert(
      fc.property(days, start, period, fc.boolean(), (day, startDate, unit, isByCalendar) => {
        const of = limited({ period: unit, startDate, isByCalendar });
        const one = periodOf(of, day);
        if (one === null) throw new Error('there is a limit');
        expect(one.from <= day && day <= one.to).toBe(true);
        expect(periodOf(of, addDays(one.to, 1))?.from).toBe(addDays(one.to, 1));
        expect(periodOf(of, one.from)).toEqual(one);
        expect(periodOf(of, one.to)).toEqual(one);
      }),
    );
  });
});

test('a debit is taken no earlier than the mandate allows and the consent begins', () => {
  expect(firstChargeDate(mandate())).toBe('2026-11-12');
  expect(firstChargeDate(mandate({ consent: consent({ startDate: '2026-12-01' }) }))).toBe('2026-12-01');
  expect(firstChargeDate(mandate({ consent: consent({ startDate: '2026-01-01' }) }))).toBe('2026-11-12');
  expect(firstChargeDate(mandate({ nextPossibleChargeDate: null }))).toBeNull();
});

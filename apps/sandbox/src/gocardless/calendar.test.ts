import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import {
  addDays,
  addMonths,
  addWorkingDays,
  englandBankHolidays,
  inLondon,
  isDate,
  isWorkingDay,
  rollForward,
  targetHolidays,
} from './calendar.ts';
import { nextPossibleChargeDate, stepDates } from './schemes.ts';

const someDate = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days));

describe('bank holidays', () => {
  test.each([
    [
      2024,
      [
        '2024-01-01',
        '2024-03-29',
        '2024-04-01',
        '2024-05-06',
        '2024-05-27',
        '2024-08-26',
        '2024-12-25',
        '2024-12-26',
      ],
    ],
    [
      2026,
      [
        '2026-01-01',
        '2026-04-03',
        '2026-04-06',
        '2026-05-04',
        '2026-05-25',
        '2026-08-31',
        '2026-12-25',
        '2026-12-28',
      ],
    ],
    [
      2022,
      [
        '2022-01-03',
        '2022-04-15',
        '2022-04-18',
        '2022-05-02',
        '2022-06-02',
        '2022-06-03',
        '2022-08-29',
        '2022-09-19',
        '2022-12-26',
        '2022-12-27',
      ],
    ],
    [
      2021,
      [
        '2021-01-01',
        '2021-04-02',
        '2021-04-05',
        '2021-05-03',
        '2021-05-31',
        '2021-08-30',
        '2021-12-27',
        '2021-12-28',
      ],
    ],
  ])('England %i', (year, days) => expect(englandBankHolidays(year)).toEqual(days));

  test('TARGET 2026', () =>
    expect(targetHolidays(2026)).toEqual([
      '2026-01-01',
      '2026-04-03',
      '2026-04-06',
      '2026-05-01',
      '2026-12-25',
      '2026-12-26',
    ]));
});

describe('working days', () => {
  test('properties: rolling forward is idempotent, counting forward and back returns', () => {
    fc.assert(
      fc.property(someDate, fc.integer({ min: 1, max: 40 }), (date, count) => {
        const start = rollForward(date, 'england');
        expect(isWorkingDay(start, 'england')).toBe(true);
        expect(rollForward(start, 'england')).toBe(start);
        expect(addWorkingDays(addWorkingDays(start, count, 'england'), -count, 'england')).toBe(start);
      }),
    );
  });

  test('recorded upcoming payments roll over weekends and holidays', () => {
    expect(rollForward('2015-05-23', 'england')).toBe('2015-05-26');
    expect(rollForward('2015-08-23', 'england')).toBe('2015-08-24');
    expect(rollForward('2016-01-23', 'england')).toBe('2016-01-25');
  });

  test('months are clipped, -1 is the last day', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-01-15', 1, -1)).toBe('2026-02-28');
    expect(addMonths('2026-11-05', 3)).toBe('2027-02-05');
  });

  test('dates and London time are read strictly', () => {
    expect([isDate('2026-02-29'), isDate('2026-2-3'), isDate(20260203), isDate('2028-02-29')]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(inLondon(new Date('2026-07-01T23:30:00Z'))).toEqual({ date: '2026-07-02', hour: 0 });
  });
});

describe('next_possible_charge_date of Bacs (recordings in gocardless.md section 3)', () => {
  test.each([
    ['2024-02-26T15:37:00Z', 'pending_submission', '2024-03-01'],
    ['2024-03-22T20:38:00Z', 'pending_submission', '2024-04-02'],
    ['2024-03-26T17:33:00Z', 'pending_submission', '2024-04-04'],
    ['2015-04-14T09:34:00Z', 'active', '2015-04-17'],
    ['2015-04-20T09:00:00Z', 'active', '2015-04-23'],
  ] as const)('%s %s', (now, status, expected) =>
    expect(nextPossibleChargeDate('bacs', status, new Date(now))).toBe(expected),
  );

  test('is null for a mandate that cannot be charged', () =>
    expect(nextPossibleChargeDate('bacs', 'cancelled', new Date('2026-11-02T09:00:00Z'))).toBeNull());

  test('step dates keep the distances of the timing table', () => {
    expect(stepDates('bacs', '2026-11-05')).toEqual({
      submitOn: '2026-11-03',
      confirmOn: '2026-11-06',
      payoutOn: '2026-11-09',
    });
    expect(stepDates('sepa_core', '2026-11-05')).toEqual({
      submitOn: '2026-11-03',
      confirmOn: '2026-11-06',
      payoutOn: '2026-11-10',
    });
  });
});

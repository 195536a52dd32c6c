import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { momentFrom } from './moment.ts';
import { moneyFromPaypal } from './money.ts';

describe('moneyFromPaypal', () => {
  test.each([
    ['30.00', 'USD', 3000n],
    ['100', 'EUR', 10000n],
    ['-0.99', 'USD', -99n],
    ['.50', 'GBP', 50n],
    ['-.5', 'GBP', -50n],
    ['178.800000', 'USD', 17880n],
    ['0.00', 'USD', 0n],
    // No decimals at PayPal; ISO 4217 gives forints and Taiwan dollars two, yen none.
    ['100', 'JPY', 100n],
    ['100.00', 'JPY', 100n],
    ['1000', 'HUF', 100000n],
    ['1000.00', 'HUF', 100000n],
    ['75', 'TWD', 7500n],
  ])('%s %s', (value, currency, minor) => {
    expect(moneyFromPaypal(value, currency)).toEqual({ minor, currency });
  });

  test.each([
    ['1000.50', 'HUF'],
    ['0.5', 'JPY'],
    ['75.01', 'TWD'],
    ['1.001', 'USD'],
    ['1e3', 'USD'],
    ['+1', 'USD'],
    ['5.', 'USD'],
    ['', 'USD'],
    ['-', 'USD'],
    ['.', 'USD'],
    ['1,00', 'USD'],
    [' 1', 'USD'],
    ['1'.repeat(33), 'USD'],
  ])('%s %s is no amount', (value, currency) => {
    expect(moneyFromPaypal(value, currency)).toBeNull();
  });

  test('whatever cents are written, with any zeros behind them, are read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.integer({ min: 0, max: 6 }), (cents, zeros) => {
        const digits = cents.toString().padStart(3, '0');
        const value = `${digits.slice(0, -2)}.${digits.slice(-2)}${'0'.repeat(zeros)}`;
        return moneyFromPaypal(value, 'EUR')?.minor === cents;
      }),
    );
  });
});

describe('momentFrom', () => {
  test.each([
    ['2022-08-23T18:29:50Z', '2022-08-23T18:29:50.000Z'],
    ['2018-06-21T13:35:44.000Z', '2018-06-21T13:35:44.000Z'],
    ['2018-08-15T12:13:29-07:00', '2018-08-15T19:13:29.000Z'],
    ['2014-07-11T04:03:52+0000', '2014-07-11T04:03:52.000Z'],
    ['2014-07-11T04:03:52-0730', '2014-07-11T11:33:52.000Z'],
  ])('%s', (text, expected) => expect(momentFrom(text)).toBe(expected));

  test.each([
    '2015-09-28 14:37:13 PDT',
    '2015-09-28 PDT',
    '2016-07-10T20:38:52.000',
    '2022-13-23T18:29:50Z',
    '',
  ])('%j names no moment', (text) => expect(momentFrom(text)).toBeNull());
});

import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { convert, readAmount, usualFee, writeAmount } from './amounts.ts';

describe('amounts', () => {
  it.each([
    ['100', 'USD', 10_000],
    ['-0.99', 'USD', -99],
    ['.50', 'EUR', 50],
    ['178.800000', 'EUR', 17_880],
    ['100', 'JPY', 100],
    ['100.00', 'HUF', 100],
    ['1e3', 'USD', 'INVALID_PARAMETER_SYNTAX'],
    ['+1', 'USD', 'INVALID_PARAMETER_SYNTAX'],
    ['5.', 'USD', 'INVALID_PARAMETER_SYNTAX'],
    ['1.005', 'USD', 'DECIMAL_PRECISION'],
    ['1.50', 'TWD', 'DECIMALS_NOT_SUPPORTED'],
    ['1.00', 'usd', 'INVALID_CURRENCY_CODE'],
  ])('reads %s %s as %s', (value, currency, expected) => {
    expect(readAmount(value, currency)).toBe(expected);
  });

  it('writes what it reads', () => {
    const currencies = fc.constantFrom('USD', 'JPY', 'HUF', 'GBP');
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), currencies, (minor, currency) => {
        expect(readAmount(writeAmount(minor, currency), currency)).toBe(minor + 0);
      }),
    );
  });

  it('adds zeros where PayPal does', () => {
    expect(writeAmount(17_880, 'EUR', 6)).toBe('178.800000');
  });

  it("converts PayPal's own example to the penny", () => {
    expect(convert(4858, 'USD', '0.757046355', 'GBP')).toBe(3678);
    expect(convert(-4858, 'USD', '0.757046355', 'GBP')).toBe(-3678);
    expect(convert(1000, 'USD', '150.5', 'JPY')).toBe(1505);
  });

  it('never takes more than there is', () => {
    expect(usualFee(10_000, 'USD')).toBe(320);
    expect(usualFee(10, 'USD')).toBe(10);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { decimalToCents, divideRounded, formatCents, percentOf, readDecimal, toMoney } from './amounts.ts';

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

describe('amounts', () => {
  it('reads decimals exactly: 19.99 is 1999', () => {
    expect(readDecimal('19.99')).toEqual({ unscaled: 1999n, scale: 2 });
    expect(readDecimal(19.99)).toEqual({ unscaled: 1999n, scale: 2 });
    expect(readDecimal('-0.5')).toEqual({ unscaled: -5n, scale: 1 });
  });

  it.each(['', 'abc', '1,5', '1e3', '0x1', null, undefined, {}, NaN])('refuses %p', (value) => {
    expect(readDecimal(value)).toBeNull();
  });

  it('rounds halves away from zero', () => {
    expect([divideRounded(5n, 2n), divideRounded(-5n, 2n), divideRounded(4n, 3n)]).toEqual([3n, -3n, 1n]);
    expect(percentOf(105n, { unscaled: 10n, scale: 0 })).toBe(11n);
  });

  it('writes money with two decimals', () => {
    expect(toMoney(5n, 'GBP')).toEqual({ amount: '0.05', code: 'GBP' });
    expect(toMoney(-440n, 'CAD')).toEqual({ amount: '-4.40', code: 'CAD' });
  });

  it('gives every amount back that it wrote', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        const decimal = readDecimal(formatCents(amount));
        expect(decimal === null ? null : decimalToCents(decimal)).toBe(amount);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { minorFromTenths, tenthsFromText } from './tenths.ts';

describe('tenths of a minor unit', () => {
  test.each([
    ['10000.0', 100_000n],
    ['-264.0', -2_640n],
    ['-26.4', -264n],
    ['0.1', 1n],
    ['-0.1', -1n],
    ['12', 120n],
    ['0.0', 0n],
    ['999999999999999.9', 9_999_999_999_999_999n],
  ])('%s is %d', (text, tenths) => {
    expect(tenthsFromText(text)).toBe(tenths);
  });

  test.each(['', '-', '1.25', '1,5', '1e3', '+1', ' 1', '1.', '.5', 'NaN', '0x10', '1000000000000000000'])(
    '"%s" is none',
    (text) => {
      expect(tenthsFromText(text)).toBeNull();
    },
  );

  test.each([
    [4n, 0n],
    [5n, 1n],
    [14n, 1n],
    [15n, 2n],
    [-4n, 0n],
    [-5n, -1n],
    [-14n, -1n],
    [-15n, -2n],
    [90_071_992_547_409_935n, 9_007_199_254_740_994n],
  ])('%d tenths are %d: a half goes away from zero', (tenths, minor) => {
    expect(minorFromTenths(tenths)).toBe(minor);
  });

  test('every amount is read back as it was written, and rounded by half a unit at most', () => {
    const amounts = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(amounts, (tenths) => {
        const size = tenths < 0n ? -tenths : tenths;
        const text = `${tenths < 0n ? '-' : ''}${size / 10n}.${size % 10n}`;
        expect(tenthsFromText(text)).toBe(tenths);
        const error = minorFromTenths(tenths) * 10n - tenths;
        expect(error >= -5n && error <= 5n).toBe(true);
        expect(minorFromTenths(-tenths)).toBe(-minorFromTenths(tenths));
      }),
    );
  });
});

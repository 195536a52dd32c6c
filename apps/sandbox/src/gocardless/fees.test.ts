import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { feeOf, fromTenths, inTenths, surchargeOf, toMinor } from './fees.ts';
import { exchange } from './fx.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

describe('payout arithmetic', () => {
  test("support's example, and a taxed surcharge", () => {
    expect(feeOf(20_000, DEFAULT_SETTINGS.fees)).toEqual({ net: 2_200, tax: 440 });
    expect(surchargeOf({ ...DEFAULT_SETTINGS, surchargeMinor: 500 })).toEqual({ net: 5_000, tax: 1_000 });
  });

  test('property: tenths survive being written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (tenths) => {
        expect(fromTenths(inTenths(tenths))).toBe(tenths);
      }),
    );
  });

  test.each([
    ['-264.0', -2_640],
    ['12', 120],
    ['0.5', 5],
    ['1.25', undefined],
    ['-', undefined],
    ['1e3', undefined],
  ])('reads %s', (text, tenths) => {
    expect(fromTenths(text)).toBe(tenths);
  });

  test('halves go away from zero', () => {
    expect([toMinor(5), toMinor(-5), toMinor(4), toMinor(-14)]).toEqual([1, -1, 0, -1]);
  });
});

describe('exchange', () => {
  test.each([
    [100_000, '0.863917', 86_392],
    [1, '0.5', 1],
    [-1, '0.5', -1],
    [3, '0.4999999999', 1],
    [12_345, '1', 12_345],
  ])('%d at %s is %d', (minor, rate, exchanged) => {
    expect(exchange(minor, rate)).toBe(exchanged);
  });

  test('property: never off by more than half a unit', () => {
    const rate = fc.integer({ min: 1, max: 5_000_000 });
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), rate, (minor, millionths) => {
        const text = `${Math.floor(millionths / 1e6)}.${String(millionths % 1e6).padStart(6, '0')}`;
        const error = BigInt(exchange(minor, text)) * 1_000_000n - BigInt(minor) * BigInt(millionths);
        expect(error <= 500_000n && error >= -500_000n).toBe(true);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { amountText, decimalOf, minorOf, moneyText } from './money.ts';

const currencies = fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'USD');
const amounts = fc.integer({ min: -(10 ** 14), max: 10 ** 14 });
const locales = fc.constantFrom('en-GB', 'en-US', 'de-DE', 'de-CH');

describe('amounts on screen', () => {
  test.each([
    [1999, 'GBP', 'GBP 19.99'],
    [4192, 'JPY', 'JPY 4,192'],
    [3461, 'KWD', 'KWD 3.461'],
    [-5, 'EUR', 'EUR \u22120.05'],
    [123456789, 'GBP', 'GBP 1,234,567.89'],
  ])('%i minor units of %s are %s', (minor, currency, text) => {
    expect(moneyText(minor, currency, 'en-GB')).toBe(text);
  });

  test('what is shown is what was typed, in any currency and language', () => {
    fc.assert(
      fc.property(amounts, currencies, locales, (minor, currency, locale) => {
        expect(minorOf(amountText(minor, currency, locale), currency, locale)).toBe(minor);
      }),
    );
  });

  test('no digit is lost, however large', () => {
    fc.assert(
      fc.property(amounts, currencies, (minor, currency) => {
        const digits = amountText(minor, currency, 'en-GB').replaceAll(/\D/g, '');
        expect(Number(digits)).toBe(Math.abs(minor));
        expect(
          decimalOf(minor, currency)
            .replaceAll(/[^\d-]/g, '')
            .replace(/^(-?)0+(?=\d)/, '$1'),
        ).toBe(String(minor));
      }),
    );
  });

  test.each([
    ['1.005', 'GBP'],
    ['1.5', 'JPY'],
    ['', 'GBP'],
    ['abc', 'GBP'],
    ['1e3', 'GBP'],
    ['1.', 'GBP'],
  ])('%j is no amount of %s', (typed, currency) => {
    expect(minorOf(typed, currency, 'en-GB')).toBeNull();
  });
});

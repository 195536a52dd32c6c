import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { decimalFromMoney, exponentOf, formatMoney, moneyFromDecimal, sameMoney } from './money.ts';

describe('moneyFromDecimal', () => {
  test.each([
    ['19.99', 'GBP', 1999n],
    ['0.1', 'EUR', 10n],
    ['-4.40', 'EUR', -440n],
    ['100.00', 'JPY', 100n],
    ['1.234', 'KWD', 1234n],
    ['999999999999999.99', 'USD', 99999999999999999n],
    ['10.00000000000000000000000000', 'CAD', 1000n],
  ])('%s %s is %s minor units', (text, currency, minor) => {
    expect(moneyFromDecimal(text, currency)).toEqual({ minor, currency });
  });

  test.each(['', '1,00', '1.005', '.5', '1.', '1e3', ' 1.00', 'NaN', '--1', '0x10'])('refuses %j', (text) => {
    expect(moneyFromDecimal(text, 'GBP')).toBeNull();
  });

  test('any amount survives writing and reading in any currency', () => {
    const currencies = fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'USD');
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), currencies, (minor, currency) => {
        const money = { minor, currency };
        expect(moneyFromDecimal(decimalFromMoney(money), currency)).toEqual(money);
        expect(moneyFromDecimal(decimalFromMoney(money, 2), currency)).toEqual(money);
      }),
    );
  });
});

test('amounts are written with the decimals of their currency', () => {
  expect(decimalFromMoney({ minor: 5n, currency: 'GBP' })).toBe('0.05');
  expect(decimalFromMoney({ minor: 5n, currency: 'JPY' })).toBe('5');
  expect(decimalFromMoney({ minor: 5n, currency: 'JPY' }, 2)).toBe('5.00');
  expect(formatMoney({ minor: -123456n, currency: 'EUR' })).toBe('EUR -1234.56');
  expect(exponentOf('KWD')).toBe(3);
});

test('money is the same only in amount and currency', () => {
  expect(sameMoney({ minor: 1n, currency: 'GBP' }, { minor: 1n, currency: 'GBP' })).toBe(true);
  expect(sameMoney({ minor: 1n, currency: 'GBP' }, { minor: 1n, currency: 'EUR' })).toBe(false);
});

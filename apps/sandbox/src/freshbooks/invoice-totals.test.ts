import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { readDecimal } from './amounts.ts';
import type { Decimal } from './amounts.ts';
import { invoiceTotals, lineAmount } from './invoice-totals.ts';
import type { PricedLine } from './invoice-totals.ts';

function decimal(text: string): Decimal {
  const read = readDecimal(text);
  if (read === null) throw new Error(`${text} is no decimal`);
  return read;
}

function line(
  qty: string,
  unitCost: string,
  tax1 = '0',
  rest: { tax2?: string; compoundedTax?: boolean } = {},
): PricedLine {
  const { tax2 = '0', compoundedTax = false } = rest;
  return {
    qty: decimal(qty),
    unitCost: decimal(unitCost),
    tax1: decimal(tax1),
    tax2: decimal(tax2),
    compoundedTax,
  };
}

describe('invoice totals', () => {
  it('agrees with the recorded invoice of freshbooks.md 2.4: 41.94', () => {
    const totals = invoiceTotals([line('4', '5.00', '13'), line('1', '24.00')], decimal('10'));
    expect(totals).toEqual({ subtotal: 4400n, discountTotal: -440n, taxTotal: 234n, amount: 4194n });
  });

  it('takes a compounded tax of the amount with the first tax in it', () => {
    const rest = { tax2: '10', compoundedTax: true };
    expect(invoiceTotals([line('1', '100.00', '5', rest)], decimal('0')).amount).toBe(11_550n);
  });

  it('multiplies before it rounds', () => {
    expect(lineAmount(line('1.5', '33.33'))).toBe(5000n);
  });

  it('adds up: amount is subtotal, discount and taxes', () => {
    const number = fc
      .integer({ min: 0, max: 100_000 })
      .map((units) => `${Math.trunc(units / 100)}.${units % 100}`);
    const anyLine = fc.tuple(number, number, number).map(([qty, cost, tax]) => line(qty, cost, tax));
    fc.assert(
      fc.property(
        fc.array(anyLine, { maxLength: 8 }),
        fc.integer({ min: 0, max: 100 }),
        (lines, discount) => {
          const totals = invoiceTotals(lines, decimal(String(discount)));
          expect(totals.amount).toBe(totals.subtotal + totals.discountTotal + totals.taxTotal);
          expect(totals.subtotal).toBe(lines.reduce((sum, each) => sum + lineAmount(each), 0n));
          expect(totals.amount).toBeGreaterThanOrEqual(0n);
        },
      ),
    );
  });
});

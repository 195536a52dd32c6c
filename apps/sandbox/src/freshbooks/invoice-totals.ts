import { decimalToCents, multiplyToCents, percentOf } from './amounts.ts';
import type { Cents, Decimal } from './amounts.ts';

/** What counts of a line: quantity, unit cost and up to two taxes in percent. */
export interface PricedLine {
  readonly qty: Decimal;
  readonly unitCost: Decimal;
  readonly tax1: Decimal;
  readonly tax2: Decimal;
  /** The second tax is taken of the amount with the first tax in it. */
  readonly compoundedTax: boolean;
}

/** An invoice's sums in cents: `amount = subtotal + discountTotal + taxTotal`; the discount is negative. */
export interface Totals {
  readonly subtotal: Cents;
  readonly discountTotal: Cents;
  readonly taxTotal: Cents;
  readonly amount: Cents;
}

/** A line before discount and tax. */
export function lineAmount(line: Pick<PricedLine, 'qty' | 'unitCost'>): Cents {
  return multiplyToCents(line.qty, line.unitCost);
}

/**
 * The arithmetic of freshbooks.md 2.4: the discount is a percentage of all lines, each tax is a percentage of its line
 * after the discount. Rounded to cents per line and tax (where FreshBooks rounds is not documented).
 */
export function invoiceTotals(lines: readonly PricedLine[], discountPercent: Decimal): Totals {
  const subtotal = lines.reduce((sum, line) => sum + lineAmount(line), 0n);
  const discountTotal = -percentOf(subtotal, discountPercent);
  const taxTotal = lines.reduce((sum, line) => sum + lineTax(line, discountPercent), 0n);
  return { subtotal, discountTotal, taxTotal, amount: subtotal + discountTotal + taxTotal };
}

function lineTax(line: PricedLine, discountPercent: Decimal): Cents {
  const kept: Decimal = {
    unscaled: 100n * 10n ** BigInt(discountPercent.scale) - discountPercent.unscaled,
    scale: discountPercent.scale + 2,
  };
  const base: Decimal = {
    unscaled: line.qty.unscaled * line.unitCost.unscaled * kept.unscaled,
    scale: line.qty.scale + line.unitCost.scale + kept.scale,
  };
  const first = taxOf(base, line.tax1);
  const secondBase = line.compoundedTax ? { unscaled: decimalToCents(base) + first, scale: 2 } : base;
  return first + taxOf(secondBase, line.tax2);
}

function taxOf(base: Decimal, percent: Decimal): Cents {
  return multiplyToCents(base, { unscaled: percent.unscaled, scale: percent.scale + 2 });
}

import { toMoney } from './amounts.ts';
import type { Decimal } from './amounts.ts';
import { decimalOf, isBody, isGiven, textOf } from './body.ts';
import type { Body } from './body.ts';
import { badField } from './failures.ts';
import { lineAmount } from './invoice-totals.ts';
import type { PricedLine } from './invoice-totals.ts';
import { newYorkStamp } from './new-york.ts';
import type { Wire } from './resource.ts';
import type { LineRow, LineTax } from './rows.ts';

const ZERO: Decimal = { unscaled: 0n, scale: 0 };
const ONE: Decimal = { unscaled: 1n, scale: 0 };

/** Reads the `lines` of an invoice or credit note; absent means none. Throws Refusal naming the field. */
export function readLines(object: string, value: unknown, nowMs: number): LineRow[] {
  if (!isGiven(value)) return [];
  if (!Array.isArray(value)) {
    throw badField({ object, field: 'lines', value, message: "The field 'lines' must be a list." });
  }
  return value.map((line: unknown, index) => readLine(isBody(line) ? line : {}, index + 1, nowMs));
}

function readLine(line: Body, lineid: number, updatedMs: number): LineRow {
  const cost = line['unit_cost'];
  const place = { object: 'line', field: 'unit_cost' };
  return {
    lineid,
    type: typeof line['type'] === 'number' ? line['type'] : 0,
    name: textOf(line['name'], ''),
    description: textOf(line['description'], ''),
    qty: decimalOf(line['qty'], { object: 'line', field: 'qty' }, ONE),
    qtyText: isGiven(line['qty']) ? textOf(line['qty'], '1') : '1',
    unitCost: decimalOf(isBody(cost) ? cost['amount'] : cost, place, ZERO),
    taxes: [readTax(line, 1), readTax(line, 2)],
    compoundedTax: line['compounded_tax'] === true,
    updatedMs,
  };
}

function readTax(line: Body, which: 1 | 2): LineTax {
  const field = `taxAmount${which}`;
  const name = textOf(line[`taxName${which}`], null);
  const percent = decimalOf(line[field], { object: 'line', field }, ZERO);
  return {
    name: name === '' ? null : name,
    percent,
    text: isGiven(line[field]) ? textOf(line[field], '0') : '0',
  };
}

/** What the arithmetic needs of a line. */
export function priced(line: LineRow): PricedLine {
  const [first, second] = line.taxes;
  const { qty, unitCost, compoundedTax } = line;
  return { qty, unitCost, compoundedTax, tax1: first.percent, tax2: second.percent };
}

/** A line as it goes on the wire; `owner` is its invoice or credit note, e.g. `{ invoiceid: 45232 }`. */
export function lineWire(line: LineRow, currency: string, owner: Wire): Wire {
  const [first, second] = line.taxes;
  return {
    ...owner,
    amount: toMoney(lineAmount(line), currency),
    basecampid: 0,
    compounded_tax: line.compoundedTax,
    date: null,
    description: line.description,
    expenseid: 0,
    lineid: line.lineid,
    modern_project_id: null,
    modern_time_entries: [],
    name: line.name,
    qty: line.qtyText,
    retainer_id: null,
    retainer_period_id: null,
    taskno: line.lineid,
    taxAmount1: first.text,
    taxAmount2: second.text,
    taxName1: first.name,
    taxName2: second.name,
    taxNumber1: null,
    taxNumber2: null,
    type: line.type,
    unit_cost: toMoney(lineAmount({ qty: ONE, unitCost: line.unitCost }), currency),
    updated: newYorkStamp(line.updatedMs),
  };
}

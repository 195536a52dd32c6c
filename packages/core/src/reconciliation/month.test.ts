import { expect, test } from '@jest/globals';
import { firstDayOf, isMonth, lastDayOf, monthOf } from './month.ts';

test.each([
  ['2026-10', true],
  ['2026-01', true],
  ['2026-13', false],
  ['2026-00', false],
  ['26-10', false],
  ['2026-10-01', false],
  [' 2026-10', false],
])('%s is a month: %s', (text, is) => {
  expect(isMonth(text)).toBe(is);
});

test.each([
  ['2026-01', '2026-01-31'],
  ['2026-02', '2026-02-28'],
  ['2028-02', '2028-02-29'],
  ['2100-02', '2100-02-28'],
  ['2026-12', '2026-12-31'],
])('%s ends on %s', (month, lastDay) => {
  expect(lastDayOf(month)).toBe(lastDay);
  expect(firstDayOf(month)).toBe(`${month}-01`);
  expect(monthOf(lastDay)).toBe(month);
});

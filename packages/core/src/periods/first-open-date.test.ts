import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { firstOpenDate } from './first-open-date.ts';

test.each([
  ['2026-11-15', [], '2026-11-15'],
  ['2026-11-15', ['2026-10'], '2026-11-15'],
  ['2026-11-15', ['2026-11'], '2026-12-01'],
  ['2026-12-31', ['2026-12', '2027-01'], '2027-02-01'],
  ['2026-01-01', ['2026-01', '2026-03'], '2026-02-01'],
])('%s with %j closed is %s', (date, closed, open) => {
  expect(firstOpenDate(date, closed)).toBe(open);
});

test('the answer is open, not earlier, and nothing open is skipped', () => {
  const months = fc.constantFrom(
    ...Array.from({ length: 24 }, (_, n) => new Date(Date.UTC(2026, n, 1)).toISOString().slice(0, 7)),
  );
  fc.assert(
    fc.property(months, fc.integer({ min: 1, max: 28 }), fc.uniqueArray(months), (month, day, closed) => {
      const date = `${month}-${String(day).padStart(2, '0')}`;
      const open = firstOpenDate(date, closed);
      expect(closed).not.toContain(open.slice(0, 7));
      expect(open >= date).toBe(true);
      expect(firstOpenDate(open, closed)).toBe(open);
      if (!closed.includes(month)) expect(open).toBe(date);
    }),
  );
});

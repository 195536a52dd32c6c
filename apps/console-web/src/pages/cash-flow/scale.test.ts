import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { everyDay, roundUp, spansOf } from './scale.ts';

const days = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 60 })
  .map((offsets) => offsets.toSorted((one, other) => one - other))
  .chain((offsets) =>
    fc.tuple(
      ...offsets.map((offset) =>
        fc.record({
          date: fc.constant(new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10)),
          expectedMinor: fc.nat(1_000_000),
          arrivedMinor: fc.nat(1_000_000),
        }),
      ),
    ),
  );

const sum = (spans: readonly { expectedMinor: number; arrivedMinor: number }[]) =>
  spans.reduce((total, { expectedMinor, arrivedMinor }) => total + expectedMinor + arrivedMinor, 0);

test('no money is lost by drawing weeks, and no week is longer than seven days', () => {
  fc.assert(
    fc.property(days, (list) => {
      const weeks = spansOf(list, true);
      expect(sum(weeks)).toBe(sum(list));
      for (const { from, to } of weeks)
        expect(Date.parse(to) - Date.parse(from)).toBeLessThan(7 * 86_400_000);
    }),
  );
});

test('the axis ends at a round amount that nothing exceeds', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), (largest) => {
      const end = roundUp(largest);
      expect(end).toBeGreaterThanOrEqual(largest);
      expect(end).toBeLessThanOrEqual(Math.max(1, largest * 10));
      expect(String(end)).toMatch(/^[125]0*$/);
    }),
  );
});

test('every day has its place, also those with nothing', () => {
  const days = [{ date: '2026-03-01', expectedMinor: 5, arrivedMinor: 0 }];
  const all = everyDay(days, '2026-02-27', '2026-03-02');
  expect(all.map(({ date, expectedMinor }) => [date, expectedMinor])).toEqual([
    ['2026-02-27', 0],
    ['2026-02-28', 0],
    ['2026-03-01', 5],
    ['2026-03-02', 0],
  ]);
});

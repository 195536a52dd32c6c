import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { dateAfterLock } from './date-after-lock.ts';

test.each([
  ['2026-10-05', '2026-11-01'],
  ['2026-10-01', '2026-11-01'],
  ['2026-12-31', '2027-01-01'],
  ['2024-01-31', '2024-02-01'],
])('%s is followed by %s', (refused, next) => {
  expect(dateAfterLock(refused)).toBe(next);
});

test('always the first day of the very next month', () => {
  const days = fc.date({
    min: new Date('2000-01-01'),
    max: new Date('2199-12-31'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(days, (day) => {
      const refused = day.toISOString().slice(0, 10);
      const next = dateAfterLock(refused);
      const dayBefore = new Date(Date.parse(next) - 86_400_000).toISOString();
      expect(next.endsWith('-01')).toBe(true);
      expect(dayBefore.slice(0, 7)).toBe(refused.slice(0, 7));
    }),
  );
});

import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { addDays, dateIn, startOfDay } from './dates.ts';

test.each([
  ['Europe/London', '2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['Europe/London', '2026-07-01', '2026-06-30T23:00:00.000Z'],
  ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
  ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-11-01', '2026-10-31T10:00:00.000Z'],
  ['Etc/GMT+12', '2026-11-01', '2026-11-01T12:00:00.000Z'],
  ['Asia/Kathmandu', '2026-11-01', '2026-10-31T18:15:00.000Z'],
  // The clock goes forward at midnight: the day begins at one.
  ['America/Asuncion', '2023-10-01', '2023-10-01T04:00:00.000Z'],
])('in %s %s begins at %s', (timezone, date, moment) => {
  expect(startOfDay(timezone, date).toISOString()).toBe(moment);
});

test('it is of the day, and the minute before is not', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Asia/Tokyo',
  );
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 4_000 }), (timezone, offset) => {
      const date = addDays('2020-01-01', offset);
      const start = startOfDay(timezone, date);
      expect(dateIn(timezone, start)).toBe(date);
      expect(dateIn(timezone, new Date(start.getTime() - 60_000)) < date).toBe(true);
    }),
  );
});

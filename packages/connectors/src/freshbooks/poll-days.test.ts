import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { dateIn } from '@mlc/core';
import { daysOf, isWithin } from './poll-days.ts';

const window = (from: string, until: string | null = null) => ({
  from: new Date(from),
  until: until === null ? null : new Date(until),
});

test.each([
  ['an evening in New York is another day in London', '2026-11-02T03:00:00Z', '2026-10-31'],
  ['just before midnight in New York, summer time', '2026-07-02T03:59:59Z', '2026-06-30'],
  ['midnight in New York, summer time', '2026-07-02T04:00:00Z', '2026-07-01'],
  ['midnight in New York, winter time', '2026-12-02T05:00:00Z', '2026-12-01'],
  ['over the end of a year', '2027-01-01T04:00:00Z', '2026-12-30'],
])('%s', (_case, from, first) => {
  expect(daysOf(window(from))).toEqual({ first, last: null });
});

test('a window with an end asks for one day more on that side too', () => {
  expect(daysOf(window('2026-11-02T12:00:00Z', '2026-11-09T03:00:00Z'))).toEqual({
    first: '2026-11-01',
    last: '2026-11-09',
  });
});

test('rows of other days are left out, undated ones are not', () => {
  const days = { first: '2026-11-01', last: '2026-11-09' };
  expect(isWithin(days, '2026-10-31 23:59:59')).toBe(false);
  expect(isWithin(days, '2026-11-01 00:00:00')).toBe(true);
  expect(isWithin(days, '2026-11-09 23:59:59')).toBe(true);
  expect(isWithin(days, '2026-11-10 00:00:00')).toBe(false);
  expect(isWithin(days, '')).toBe(true);
});

test('every moment of the window is in the days asked for', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.nat(30 * 86_400_000), fc.nat(), (from, lengthMs, offset) => {
      const until = new Date(from.getTime() + lengthMs);
      const inside = new Date(from.getTime() + (lengthMs === 0 ? 0 : offset % lengthMs));
      expect(isWithin(daysOf({ from, until }), dateIn('America/New_York', inside))).toBe(true);
    }),
  );
});

import { describe, expect, it } from '@jest/globals';
import { addDays, isDay, newYorkDay, newYorkStamp, utcStamp } from './new-york.ts';

describe('New York time', () => {
  it.each([
    ['2026-01-15T04:59:59Z', '2026-01-14 23:59:59'],
    ['2026-01-15T05:00:00Z', '2026-01-15 00:00:00'],
    ['2026-07-01T04:00:00Z', '2026-07-01 00:00:00'],
    ['2026-11-01T05:30:00Z', '2026-11-01 01:30:00'],
    ['2026-11-01T06:30:00Z', '2026-11-01 01:30:00'],
  ])('%s is %s', (utc, local) => {
    expect(newYorkStamp(Date.parse(utc))).toBe(local);
  });

  it('has its own idea of the day', () => {
    expect(newYorkDay(Date.parse('2026-03-02T02:00:00Z'))).toBe('2026-03-01');
    expect(utcStamp(Date.parse('2026-03-02T02:00:00.500Z'))).toBe('2026-03-02 02:00:00');
  });

  it('adds days over month ends and knows which dates exist', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
    expect(['2028-02-29', '2026-02-29', '2026-2-1', 5].map(isDay)).toEqual([true, false, false, false]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { PollTiming } from '../ports/poll.ts';
import { nextCursor, nextWindow } from './poll-window.ts';

const HOUR_MS = 3_600_000;
const TIMING: PollTiming = {
  firstLookBackMs: 24 * HOUR_MS,
  overlapMs: HOUR_MS,
  windowMaxMs: 48 * HOUR_MS,
  keptMs: 720 * HOUR_MS,
};
const NOW = new Date('2026-11-10T12:00:00Z');
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

describe('the next window', () => {
  test('looks back a day the first time and is open at its end', () => {
    expect(nextWindow(null, TIMING, NOW)).toEqual({ from: ago(24), until: null });
  });

  test('overlaps the last one', () => {
    expect(nextWindow(ago(2), TIMING, NOW)).toEqual({ from: ago(3), until: null });
  });

  test('is cut when there is much to catch up with, and never older than what is kept', () => {
    expect(nextWindow(ago(100), TIMING, NOW)).toEqual({ from: ago(101), until: ago(53) });
    expect(nextWindow(ago(10_000), TIMING, NOW).from).toEqual(ago(720));
  });

  test('a cursor in the future does not leave the present out', () => {
    expect(nextWindow(ago(-500), TIMING, NOW).from).toEqual(ago(1));
  });
});

describe('the next cursor', () => {
  const open = { from: ago(24), until: null };

  test('stands at the newest thing seen, or where it stood', () => {
    expect(nextCursor(null, open, { newest: ago(5), now: NOW })).toEqual(ago(5));
    expect(nextCursor(null, open, { newest: null, now: NOW })).toEqual(ago(24));
    expect(nextCursor(ago(3), open, { newest: ago(5), now: NOW })).toEqual(ago(3));
  });

  test('a moment of the future moves it to now at most', () => {
    expect(nextCursor(null, open, { newest: ago(-900), now: NOW })).toEqual(NOW);
  });

  test('a window that was cut is done with, whatever was in it', () => {
    const window = { from: ago(101), until: ago(53) };
    expect(nextCursor(ago(100), window, { newest: null, now: NOW })).toEqual(ago(53));
  });
});

/** Polls until a window is open at its end; returns the moments that were in some window. */
function pollAll(moments: readonly number[], cursor: Date | null, now: Date) {
  const read = new Set<number>();
  let stands = cursor;
  for (let run = 0; run < 1_000; run += 1) {
    const window = nextWindow(stands, TIMING, now);
    const [from, until] = [window.from.getTime(), window.until?.getTime() ?? Infinity];
    const inside = moments.filter((moment) => moment >= from && moment <= until);
    inside.forEach((moment) => read.add(moment));
    const newest = inside.length === 0 ? null : new Date(Math.max(...inside));
    stands = nextCursor(stands, window, { newest, now });
    if (window.until === null) return { read, cursor: stands };
  }
  throw new Error('the windows never reached the present');
}

test('no moment after the cursor is ever left out, over any runs at any times', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 400 * HOUR_MS }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(gaps, fc.array(fc.nat(1_500 * HOUR_MS), { maxLength: 40 }), (pauses, offsets) => {
      const start = NOW.getTime();
      const moments = offsets.map((offset) => start + offset);
      const read = new Set<number>();
      let cursor: Date | null = new Date(start);
      let nowMs = start;
      for (const pause of pauses) {
        nowMs += pause;
        const past = moments.filter((moment) => moment <= nowMs);
        const run = pollAll(past, cursor, new Date(nowMs));
        run.read.forEach((moment) => read.add(moment));
        cursor = run.cursor;
        expect(past.filter((moment) => !read.has(moment))).toEqual([]);
      }
    }),
  );
});

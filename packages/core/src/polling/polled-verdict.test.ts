import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { isStillMoving, type VerdictContext, verdictOn } from './polled-verdict.ts';

const CHANGED = new Date('2026-11-10T12:00:00Z');
const at = (ms: number) => new Date(CHANGED.getTime() + ms);
const once = { earliest: CHANGED, latest: CHANGED };
const context: VerdictContext = { now: at(3_600_000), clocksAgree: true, lastRunAt: at(-900_000) };
const evidence = (lookedMs: number | null, wroteMs: number | null = null) => ({
  toldAt: lookedMs === null ? null : at(lookedMs),
  lookedAt: lookedMs === null ? null : at(lookedMs),
  wroteAt: wroteMs === null ? null : at(wroteMs),
});

describe('an object that changed', () => {
  test.each([
    ['nothing ever told of it', null, 'missing'],
    ['the newest event is older than the change', -1, 'missing'],
    ['an event came in the second of the change: of this change or of one before?', 400, 'unsure'],
    ['an event came later', 1_000, 'seen'],
  ] as const)('%s', (_case, lookedMs, verdict) => {
    expect(verdictOn(once, evidence(lookedMs), context)).toBe(verdict);
  });

  test('a write of ours explains it, but hides nothing', () => {
    expect(verdictOn(once, evidence(null, 700), context)).toBe('unsure');
    expect(verdictOn(once, evidence(null, -60_000), context)).toBe('missing');
    expect(verdictOn(once, evidence(5_000, 700), context)).toBe('seen');
  });

  test('in the hour that comes twice an event has to be later than both readings', () => {
    const twice = { earliest: CHANGED, latest: at(3_600_000) };
    const later = { ...context, now: at(9_000_000) };
    expect(verdictOn(twice, evidence(1_800_000), later)).toBe('unsure');
    expect(verdictOn(twice, evidence(3_601_000), later)).toBe('seen');
  });

  test('moments of another clock are not compared: an event since the last run may have been it', () => {
    const simulated = { ...context, clocksAgree: false };
    expect(verdictOn(once, evidence(99_999_999), simulated)).toBe('unsure');
    expect(verdictOn(once, evidence(-900_001), simulated)).toBe('missing');
    expect(verdictOn(once, evidence(-900_001), { ...simulated, lastRunAt: null })).toBe('unsure');
    // A change in the future: the provider's clock is not ours.
    const early = { ...context, now: at(-86_400_000), lastRunAt: at(-90_000_000) };
    expect(verdictOn(once, evidence(-86_400_000), early)).toBe('unsure');
    expect(verdictOn(once, evidence(null), early)).toBe('missing');
  });

  test('where moments are not compared, an earlier poll does not stand for a webhook', () => {
    const polled = { ...evidence(-100), toldAt: null };
    expect(verdictOn(once, polled, { ...context, clocksAgree: false })).toBe('missing');
    expect(verdictOn(once, { ...evidence(5_000), toldAt: null }, context)).toBe('seen');
  });

  test('only an event beyond the second of the change makes it seen', () => {
    fc.assert(
      fc.property(fc.integer(), fc.option(fc.integer()), fc.boolean(), (lookedMs, wroteMs, clocksAgree) => {
        const verdict = verdictOn(once, evidence(lookedMs, wroteMs), { ...context, clocksAgree });
        if (verdict === 'seen') expect(clocksAgree && lookedMs >= 1_000).toBe(true);
      }),
    );
  });
});

test('an object is still moving in the second it changed', () => {
  expect(isStillMoving(once, at(999))).toBe(true);
  expect(isStillMoving(once, at(1_000))).toBe(false);
});

import { describe, expect, test } from '@jest/globals';
import { SandboxClock } from './clock.ts';

const START = new Date('2026-11-02T09:00:00Z');

describe('SandboxClock', () => {
  test('starts where told and keeps flowing', () => {
    const clock = new SandboxClock({ start: START });
    const passedMs = clock.now().getTime() - START.getTime();
    expect(passedMs).toBeGreaterThanOrEqual(0);
    expect(passedMs).toBeLessThan(1000);
    expect(clock.today()).toBe('2026-11-02');
  });

  test('runs listeners once per day, in order, each finished before the next', async () => {
    const clock = new SandboxClock({ start: START });
    const seen: string[] = [];
    clock.onDay(async (now) => {
      await Promise.resolve();
      seen.push(`a ${now.toISOString().slice(0, 10)}`);
    });
    const remove = clock.onDay((now) => void seen.push(`b ${now.toISOString().slice(0, 10)}`));
    await clock.advanceDays(2);
    expect(seen).toEqual(['a 2026-11-03', 'b 2026-11-03', 'a 2026-11-04', 'b 2026-11-04']);
    remove();
    await clock.advanceTo(new Date('2026-11-05T12:00:00Z'));
    expect(seen.slice(4)).toEqual(['a 2026-11-05', 'a 2026-11-05']);
    expect(clock.now().toISOString()).toMatch(/^2026-11-05T12:00:00/);
  });

  test('two moves at once happen one after the other; backwards is refused', async () => {
    const clock = new SandboxClock({ start: START });
    await Promise.all([clock.advanceDays(1), clock.advanceDays(1)]);
    expect(clock.today()).toBe('2026-11-04');
    await expect(clock.advanceTo(START)).rejects.toThrow('only moves forward');
    await expect(clock.advanceDays(Number.NaN)).rejects.toThrow(RangeError);
    await clock.advanceDays(1);
    expect(clock.today()).toBe('2026-11-05');
  });

  test('a tick does nothing within the day', async () => {
    const clock = new SandboxClock({ start: START });
    let runs = 0;
    clock.onDay(() => void (runs += 1));
    await clock.tick();
    expect(runs).toBe(0);
  });
});

import { describe, expect, test } from '@jest/globals';
import { LockBusyError } from '@mlc/core';
import type { ProcessLocks } from './locks.ts';
import { patientLocks } from './patient.ts';

/** Busy for the first so many tries; time passes while somebody pauses only. */
function world(busyTries: number) {
  let nowMs = 1_000;
  const seen = { tries: 0, pausedMs: 0 };
  const withLock: ProcessLocks['withLock'] = (key, work) => {
    seen.tries += 1;
    return seen.tries <= busyTries ? Promise.reject(new LockBusyError(key)) : work(() => []);
  };
  const locks = patientLocks(
    { withLock },
    {
      waitMs: 5_000,
      nowMs: () => nowMs,
      pause: (ms) => {
        nowMs += ms;
        seen.pausedMs += ms;
        return Promise.resolve();
      },
    },
  );
  return { locks, seen };
}

describe('patient locks', () => {
  test('a free lock is not waited for', async () => {
    const { locks, seen } = world(0);
    expect(await locks.withLock('k', () => Promise.resolve('done'))).toBe('done');
    expect(seen).toEqual({ tries: 1, pausedMs: 0 });
  });

  test('a lock that becomes free in time is taken, and the work runs once', async () => {
    const { locks, seen } = world(7);
    let runs = 0;
    await locks.withLock('k', () => Promise.resolve((runs += 1)));
    expect(runs).toBe(1);
    expect(seen.tries).toBe(8);
    expect(seen.pausedMs).toBeLessThanOrEqual(5_000);
  });

  test('one that stays busy rejects when the time is over, and no later', async () => {
    const { locks, seen } = world(Infinity);
    await expect(locks.withLock('k', () => Promise.resolve())).rejects.toThrow(LockBusyError);
    expect(seen.pausedMs).toBe(5_000);
  });

  test('what the work finds busy is not tried again', async () => {
    const { locks, seen } = world(0);
    const busy = locks.withLock('k', () => Promise.reject(new LockBusyError('another')));
    await expect(busy).rejects.toThrow(/another/);
    expect(seen.tries).toBe(1);
  });
});

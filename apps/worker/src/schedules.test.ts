import { expect, test } from '@jest/globals';
import { LockBusyError, type Locks, type Log } from '@mlc/core';
import { startSchedules } from './schedules.ts';

const free: Locks = { withLock: (_key, work) => work() };
const busy: Locks = { withLock: (key) => Promise.reject(new LockBusyError(key)) };

function warnings(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  return { log: { error: keep, warn: keep, info: keep, debug: keep }, lines };
}

/** A schedule whose rounds can be waited for. */
function counted(fails = false) {
  let rounds = 0;
  const waiting: { rounds: number; resolve: () => void }[] = [];
  return {
    schedule: {
      name: 'counted',
      everyMs: 1,
      run: () => {
        rounds += 1;
        for (const one of waiting) if (rounds >= one.rounds) one.resolve();
        return fails ? Promise.reject(new Error('on purpose')) : Promise.resolve();
      },
    },
    reached: (count: number) =>
      new Promise<void>((resolve) => {
        if (rounds >= count) resolve();
        else waiting.push({ rounds: count, resolve });
      }),
    rounds: () => rounds,
  };
}

test('runs at once and again after its interval, until stopped', async () => {
  const { log, lines } = warnings();
  const { schedule, reached, rounds } = counted();
  const running = startSchedules([schedule], free, log);
  await reached(3);
  await running.stop();
  const atStop = rounds();
  await new Promise((resolve) => setImmediate(resolve));
  expect(rounds()).toBe(atStop);
  expect(lines).toEqual([]);
});

test('a round that fails is told and does not end the schedule', async () => {
  const { log, lines } = warnings();
  const { schedule, reached } = counted(true);
  const running = startSchedules([schedule], free, log);
  await reached(2);
  await running.stop();
  expect(lines).toContain('schedule.failed');
});

test('leaves the work to the worker that holds the lock', async () => {
  const { log, lines } = warnings();
  const { schedule, rounds } = counted();
  const running = startSchedules([schedule], busy, log);
  await running.stop();
  expect(rounds()).toBe(0);
  expect(lines).toEqual([]);
});

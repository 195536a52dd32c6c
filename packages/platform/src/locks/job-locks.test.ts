import { expect, test } from '@jest/globals';
import { LockBusyError } from '@mlc/core';
import type { Fence } from './fence.ts';
import { jobLocks } from './job-locks.ts';
import type { ProcessLocks } from './locks.ts';

function processLocks(): Pick<ProcessLocks, 'withLock'> & { readonly held: Set<string>; lost: boolean } {
  const held = new Set<string>();
  const locks = {
    held,
    lost: false,
    withLock: async <T>(key: string, work: (fence: Fence) => Promise<T>): Promise<T> => {
      await Promise.resolve();
      if (held.has(key)) throw new LockBusyError(key);
      held.add(key);
      try {
        const result = await work(() => {
          if (locks.lost) throw new Error(`lost ${key}`);
          return [{ key, life: '1' }];
        });
        if (locks.lost) throw new Error('lost');
        return result;
      } finally {
        held.delete(key);
      }
    },
  };
  return locks;
}

test('a lock outlasts the work until the job lets go, and may be taken again by the same job', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  const other = jobLocks(locks);
  await expect(job.withLock('a', () => Promise.resolve(1))).resolves.toBe(1);
  await expect(job.withLock('a', () => job.withLock('b', () => Promise.resolve(2)))).resolves.toBe(2);
  await expect(other.withLock('a', () => Promise.resolve(3))).rejects.toBeInstanceOf(LockBusyError);
  await job.release();
  expect([...locks.held]).toEqual([]);
  await expect(other.withLock('a', () => Promise.resolve(4))).resolves.toBe(4);
  await other.release();
});

test('work that fails leaves the lock with the job until it lets go', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  await expect(job.withLock('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([...locks.held]).toEqual(['a']);
  await job.release();
  expect([...locks.held]).toEqual([]);
});

test('a lock lost while it was held is told at the end', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  await job.withLock('a', () => Promise.resolve());
  locks.lost = true;
  await expect(job.release()).rejects.toThrow('lost');
});

test('of many looks that record their own effect one lock at a time is held, and asked', async () => {
  const locks = processLocks();
  const seen: string[][] = [];
  let asked = 0;
  const job = jobLocks({
    withLock: (key, work) =>
      locks.withLock(key, (fence) =>
        work(() => {
          asked += 1;
          return fence();
        }),
      ),
  });
  for (let n = 1; n <= 40; n += 1) {
    await job.letGoAfter(async () => {
      await job.withLock(`invoice:${n}`, () => Promise.resolve());
      expect(job.fence()).toEqual([{ key: `invoice:${n}`, life: '1' }]);
      seen.push([...locks.held]);
    });
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => [`invoice:${index + 1}`]));
  expect(asked).toBe(40);
  expect([...locks.held]).toEqual([]);
});

test('what was held before a look stays held and asked, and may be taken again within it', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  await job.withLock('a', () => Promise.resolve());
  const look = () => job.withLock('a', () => job.withLock('b', () => Promise.resolve('seen')));
  expect(await job.letGoAfter(look)).toBe('seen');
  expect([...locks.held]).toEqual(['a']);
  locks.lost = true;
  expect(() => job.fence()).toThrow('lost a');
  await expect(job.release()).rejects.toThrow('lost');
});

test('a look that fails lets go as well, and its own error comes out', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  const look = () => job.withLock('a', () => Promise.reject(new Error('mine')));
  await expect(job.letGoAfter(look)).rejects.toThrow('mine');
  expect([...locks.held]).toEqual([]);
});

test('a lock lost while a look held it is told when the look ends', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  const look = () =>
    job.withLock('a', () => {
      locks.lost = true;
      return Promise.resolve();
    });
  await expect(job.letGoAfter(look)).rejects.toThrow('lost');
});

test('nothing of a job is recorded once one of its locks was lost', async () => {
  const locks = processLocks();
  const job = jobLocks(locks);
  expect(job.fence()).toEqual([]);
  await job.withLock('a', () => Promise.resolve());
  expect(job.fence()).toEqual([{ key: 'a', life: '1' }]);
  locks.lost = true;
  expect(() => job.fence()).toThrow('lost a');
  await expect(job.release()).rejects.toThrow('lost');
});

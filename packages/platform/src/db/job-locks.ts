import type { Locks } from '@mlc/core';
import type { Fence, ProcessLocks } from './locks.ts';

/** The locks of one job: what it takes it keeps until its outcome is recorded. */
export interface JobLocks extends Locks {
  /** Of all it holds: a job that lost one of its locks records nothing any more. */
  readonly fence: Fence;
  /** Lets go of everything. Rejects when a lock had been lost meanwhile. */
  release(): Promise<void>;
}

interface Held {
  readonly fence: Fence;
  readonly letGo: () => void;
  /** Ends when the lock is given back; rejects when it had been lost. */
  readonly ended: Promise<void>;
}

/**
 * Locks that outlast `withLock`: a flow decides inside it, but its effect is recorded by the engine afterwards, and
 * nobody else may look in between. Taking a lock again within the same job is fine.
 */
export function jobLocks(locks: Pick<ProcessLocks, 'withLock'>): JobLocks {
  const held = new Map<string, Held>();
  return {
    withLock: async (key, work) => {
      if (!held.has(key)) held.set(key, await take(locks, key));
      return work();
    },
    fence: async (executor) => {
      for (const { fence } of held.values()) await fence(executor);
    },
    release: async () => {
      const ending = [...held.values()];
      held.clear();
      for (const { letGo } of ending) letGo();
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}

function take(locks: Pick<ProcessLocks, 'withLock'>, key: string): Promise<Held> {
  return new Promise((resolve, reject) => {
    const ended = locks.withLock(
      key,
      (fence) =>
        new Promise<void>((letGo) => {
          // `ended` is assigned by then: withLock never calls back before it has asked Postgres.
          queueMicrotask(() => resolve({ fence, letGo, ended }));
        }),
    );
    // Before it is held: busy or out of reach. Afterwards `release` reports it.
    ended.catch(reject);
  });
}

import type { Locks } from '@mlc/core';

/** The locks of one job: what it takes it keeps until its outcome is recorded. */
export interface JobLocks extends Locks {
  /** Lets go of everything. Rejects when a lock had been lost meanwhile. */
  release(): Promise<void>;
}

interface Held {
  readonly letGo: () => void;
  /** Ends when the lock is given back; rejects when it had been lost. */
  readonly ended: Promise<void>;
}

/**
 * Locks that outlast `withLock`: a flow decides inside it, but its effect is recorded by the engine afterwards, and
 * nobody else may look in between. Taking a lock again within the same job is fine.
 */
export function jobLocks(locks: Locks): JobLocks {
  const held = new Map<string, Held>();
  return {
    withLock: async (key, work) => {
      if (!held.has(key)) held.set(key, await take(locks, key));
      return work();
    },
    release: async () => {
      const ending = [...held.values()];
      held.clear();
      for (const { letGo } of ending) letGo();
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}

function take(locks: Locks, key: string): Promise<Held> {
  return new Promise((resolve, reject) => {
    const ended = locks.withLock(
      key,
      () =>
        new Promise<void>((letGo) => {
          // `ended` is assigned by then: withLock never calls back before it has asked Postgres.
          queueMicrotask(() => resolve({ letGo, ended }));
        }),
    );
    // Before it is held: busy or out of reach. Afterwards `release` reports it.
    ended.catch(reject);
  });
}

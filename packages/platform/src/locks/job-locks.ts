import type { RunLocks } from '@mlc/core';
import type { Fence } from './fence.ts';
import type { ProcessLocks } from './locks.ts';

/** The locks of one job, for flows and for who runs them. */
export interface JobLocks extends RunLocks {
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
  const letGo = async (keys: readonly string[]): Promise<void> => {
    const ending = keys.flatMap((key) => held.get(key) ?? []);
    for (const key of keys) held.delete(key);
    for (const lock of ending) lock.letGo();
    await Promise.all(ending.map(({ ended }) => ended));
  };
  return {
    withLock: async (key, work) => {
      if (!held.has(key)) held.set(key, await take(locks, key));
      return work();
    },
    letGoAfter: async (work) => {
      const before = new Set(held.keys());
      const since = (): string[] => [...held.keys()].filter((key) => !before.has(key));
      let result;
      try {
        result = await work();
      } catch (error) {
        // The work's own failure says more than a lock lost beside it.
        await letGo(since()).catch(() => undefined);
        throw error;
      }
      await letGo(since());
      return result;
    },
    fence: () => [...held.values()].flatMap(({ fence }) => fence()),
    release: () => letGo([...held.keys()]),
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

import { setTimeout as sleep } from 'node:timers/promises';
import { LockBusyError } from '@mlc/core';
import type { Fence } from './fence.ts';
import type { ProcessLocks } from './locks.ts';

/** How long a lock is waited for, and how the time passes. */
export interface Patience {
  readonly waitMs: number;
  /** Between two tries. */
  readonly pause?: (ms: number) => Promise<unknown>;
  /** Milliseconds from any fixed moment. */
  readonly nowMs?: () => number;
}

const TURN_MS = 200;

/**
 * Locks for who has a person waiting: what is busy is tried again until `waitMs` have passed since the first try, then
 * rejects with LockBusyError as ever. The work itself runs once, and a lock that it finds busy by itself is its own affair.
 */
export function patientLocks(
  locks: Pick<ProcessLocks, 'withLock'>,
  { waitMs, pause = sleep, nowMs = () => performance.now() }: Patience,
): Pick<ProcessLocks, 'withLock'> {
  const turn = async <T>(key: string, work: (fence: Fence) => Promise<T>): Promise<T> => {
    const deadlineMs = nowMs() + waitMs;
    const own = new Work(work);
    for (;;) {
      try {
        return await locks.withLock(key, (fence) => own.run(fence));
      } catch (error) {
        if (own.hasBegun || !(error instanceof LockBusyError) || nowMs() >= deadlineMs) throw error;
        await pause(TURN_MS);
      }
    }
  };
  return { withLock: turn };
}

/** Work that knows whether it was begun. */
class Work<T> {
  hasBegun = false;
  private readonly work: (fence: Fence) => Promise<T>;

  constructor(work: (fence: Fence) => Promise<T>) {
    this.work = work;
  }

  run(fence: Fence): Promise<T> {
    this.hasBegun = true;
    return this.work(fence);
  }
}

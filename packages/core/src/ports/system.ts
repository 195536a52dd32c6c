/** The time, for decisions and records. The demo's runs on the sandbox's clock. */
export interface Clock {
  now(): Date;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** One structured line; `error` = ours to fix, `warn` = odd but coped with, `info` = business event, `debug` = rest. */
export interface Log {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
}

/** Mutual exclusion across processes. */
export interface Locks {
  /**
   * Runs `work` while holding the lock named `key`. Never waits: throws LockBusyError when another job or process
   * holds it.
   */
  withLock<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** The locks of one job: what it takes it keeps until its outcome is recorded. */
export interface RunLocks extends Locks {
  /**
   * For one of several looks of a job, each of which records its own effect: what `work` takes is let go when it has ended,
   * and what was held before stays. One at a time. Rejects as `transient` when one of its locks had been lost meanwhile.
   */
  letGoAfter<T>(work: () => Promise<T>): Promise<T>;
}

/** A mail to people. Delivery is best effort and never fails a flow. */
export interface Notices {
  send(notice: { to: readonly string[]; subject: string; text: string }): Promise<void>;
}

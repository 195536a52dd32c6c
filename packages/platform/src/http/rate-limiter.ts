import type { Log, RateLimiter } from '@mlc/core';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../postgres/database.ts';

/** A connection's allowance: `points` calls in each window of `perMs`. */
export interface Allowance {
  readonly points: number;
  readonly perMs: number;
}

/** Where and for whom calls are counted. */
export interface RateLimiterOptions extends Allowance {
  readonly pool: Database['pool'];
  readonly connectionId: string;
  /** See `RateLimiter`. */
  readonly unsaidWaitMs?: number;
  /** Told, at most once per UNCOUNTED_MS, that calls go uncounted. */
  readonly log?: Log;
}

/** Calls fetched at once at most: a worker in full swing asks Postgres for every eighth call only. */
const LEASE_MAX_CALLS = 8;
/** A lease not used up by then is forgotten, so that a pause asked for by another worker is soon heeded here too. */
const LEASE_MS = 50;
/** A store that takes longer counts as down. */
const STORE_TIMEOUT_MS = 1_000;
/** How long calls go uncounted after the store was down, before it is asked again. */
const UNCOUNTED_MS = 1_000;

/**
 * Counts the calls of one connection over all workers, in the table `rate_limits`. The window starts with the first call
 * after the last one ended. Answers 0 (go) while the store is down: the provider's own 429 is the net under it. After a
 * `pause` no worker calls until it ends, except for what a busy one had leased within the last LEASE_MS.
 */
export function sharedRateLimiter(options: RateLimiterOptions): RateLimiter {
  return new LeasingLimiter(options);
}

class LeasingLimiter implements RateLimiter {
  private readonly store: RateLimiterPostgres;
  private readonly key: string;
  private readonly log: Log | undefined;
  readonly unsaidWaitMs?: number;
  private lease = { size: 0, left: 0, until: 0 };
  private fetching: Promise<void> | null = null;
  private blockedUntil = 0;
  private uncountedUntil = 0;

  constructor({ pool, connectionId, points, perMs, log, unsaidWaitMs }: RateLimiterOptions) {
    this.key = connectionId;
    if (unsaidWaitMs !== undefined) this.unsaidWaitMs = unsaidWaitMs;
    this.log = log;
    this.store = new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      // One row per connection: nothing to clear.
      clearExpiredByTimeout: false,
      keyPrefix: 'calls',
      points,
      duration: perMs / 1000,
    });
  }

  async take(): Promise<number> {
    for (;;) {
      const nowMs = performance.now();
      if (nowMs < this.blockedUntil) return Math.ceil(this.blockedUntil - nowMs);
      if (this.lease.left > 0 && nowMs < this.lease.until) {
        this.lease.left -= 1;
        return 0;
      }
      if (nowMs < this.uncountedUntil) return 0;
      this.fetching ??= this.fetchLease().finally(() => (this.fetching = null));
      await this.fetching;
    }
  }

  async pause(waitMs: number): Promise<void> {
    this.lease.left = 0;
    this.blockedUntil = Math.max(this.blockedUntil, performance.now() + waitMs);
    await this.orUncounted(async () => {
      // Two workers may be told different waits: the longer one stays.
      const known = await this.store.get(this.key);
      if (known !== null && known.consumedPoints > this.store.points && known.msBeforeNext >= waitMs) return;
      await this.store.block(this.key, waitMs / 1000);
    });
  }

  /** One call when idle, more the faster leases are used up: an unused lease is lost to the other workers. */
  private async fetchLease(): Promise<void> {
    const usedUp = this.lease.left === 0 && performance.now() < this.lease.until;
    const size = usedUp ? Math.min(this.lease.size * 2, LEASE_MAX_CALLS) : 1;
    await this.orUncounted(async () => {
      const { consumedPoints, msBeforeNext } = await this.consume(size);
      const nowMs = performance.now();
      // What the window still had before this lease, even when the lease as a whole went over it.
      const granted = Math.min(size, this.store.points - (consumedPoints - size));
      if (granted > 0) this.lease = { size, left: granted, until: nowMs + Math.min(LEASE_MS, msBeforeNext) };
      else this.blockedUntil = Math.max(this.blockedUntil, nowMs + Math.max(1, msBeforeNext));
    });
  }

  /** The library rejects with its result when the limit is reached: an answer like any other here. */
  private async consume(size: number): Promise<RateLimiterRes> {
    try {
      return await this.store.consume(this.key, size);
    } catch (answer) {
      if (answer instanceof RateLimiterRes) return answer;
      throw answer;
    }
  }

  /** Runs a statement in limited time; a failure stops nobody's work. */
  private async orUncounted(statement: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the rate limit store is slow')), STORE_TIMEOUT_MS);
    });
    try {
      await Promise.race([statement(), timeout]);
    } catch (error) {
      this.log?.warn('rate_limit.uncounted', { connectionId: this.key, error });
      this.uncountedUntil = performance.now() + UNCOUNTED_MS;
    } finally {
      clearTimeout(timer);
    }
  }
}

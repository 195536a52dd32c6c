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
  /** A monotonic clock in ms. */
  readonly nowMs?: () => number;
}

/** Calls fetched at once at most: a worker in full swing asks Postgres for every eighth call only. */
const LEASE_MAX_CALLS = 8;
/**
 * A lease older than this is not used before the store was asked: a pause that another worker asked for is soon heeded. Until
 * then the provider says the same to the first call of ours, and that ends the lease.
 */
const LEASE_MS = 1_000;
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
  private readonly nowMs: () => number;
  /** `left` were counted and not used yet, and stay ours until their window ends. */
  private lease = { size: 0, left: 0, freshUntil: 0, windowUntil: 0 };
  /** Calls since the store was asked after a pause of work: how many the next piece of work may need. */
  private calls = 0;
  private fetching: Promise<void> | null = null;
  private blockedUntil = 0;
  private uncountedUntil = 0;

  constructor(options: RateLimiterOptions) {
    const { pool, connectionId, points, perMs, log, unsaidWaitMs } = options;
    this.nowMs = options.nowMs ?? (() => performance.now());
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
      const nowMs = this.nowMs();
      if (nowMs < this.blockedUntil) return Math.ceil(this.blockedUntil - nowMs);
      if (this.lease.left > 0 && nowMs < this.lease.freshUntil) {
        this.lease.left -= 1;
        this.calls += 1;
        return 0;
      }
      if (nowMs < this.uncountedUntil) return 0;
      this.fetching ??= this.fetchLease().finally(() => (this.fetching = null));
      await this.fetching;
    }
  }

  async pause(waitMs: number): Promise<void> {
    this.lease.left = 0;
    this.blockedUntil = Math.max(this.blockedUntil, this.nowMs() + waitMs);
    await this.orUncounted(async () => {
      // Two workers may be told different waits: the longer one stays.
      const known = await this.store.get(this.key);
      if (known !== null && known.consumedPoints > this.store.points && known.msBeforeNext >= waitMs) return;
      await this.store.block(this.key, waitMs / 1000);
    });
  }

  /**
   * As many calls as the last piece of work took, more when they are used up at once. Those of an earlier lease count, so
   * that at most one lease of a worker is lost to the others.
   */
  private async fetchLease(): Promise<void> {
    const askedMs = this.nowMs();
    const kept = askedMs < this.lease.windowUntil ? this.lease.left : 0;
    const size = this.nextSize(askedMs);
    const asked = Math.max(1, size - kept);
    await this.orUncounted(async () => {
      const { consumedPoints, msBeforeNext } = await this.consume(asked);
      const nowMs = this.nowMs();
      // What the window still had before this lease, even when the lease as a whole went over it.
      const granted = Math.min(asked, this.store.points - (consumedPoints - asked));
      if (granted <= 0) {
        this.lease.left = 0;
        this.blockedUntil = Math.max(this.blockedUntil, nowMs + Math.max(1, msBeforeNext));
        return;
      }
      const isNewWindow = consumedPoints === asked;
      const left = granted + (isNewWindow ? 0 : kept);
      const freshUntil = nowMs + Math.min(LEASE_MS, msBeforeNext);
      this.lease = { size, left, freshUntil, windowUntil: nowMs + msBeforeNext };
    });
  }

  private nextSize(nowMs: number): number {
    const isUsedUp = this.lease.left === 0 && nowMs < this.lease.freshUntil;
    if (isUsedUp) return Math.min(this.lease.size * 2, LEASE_MAX_CALLS);
    const lately = this.calls;
    this.calls = 0;
    return Math.min(Math.max(lately, 1), LEASE_MAX_CALLS);
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

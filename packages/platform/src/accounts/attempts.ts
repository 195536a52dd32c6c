import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../postgres/database.ts';

/** Something that may be tried only so often, by whom it is tried on or where it is tried from. */
export interface Attempts {
  /** How long until `key` may try again, in ms; 0 = now. */
  blockedMs(key: string): Promise<number>;
  /** Counts a failure; `isLocked` when it was the one that used the allowance up. */
  failed(key: string): Promise<{ readonly isLocked: boolean }>;
  /** It worked: counted from none again. */
  forget(key: string): Promise<void>;
}

const WINDOW_S = 15 * 60;

/** `points` failures in fifteen minutes, counted over all processes in the table `rate_limits`. */
export function countedAttempts(pool: Database['pool'], name: string, points: number): Attempts {
  const store = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: `door-${name}`,
    points,
    duration: WINDOW_S,
  });
  // Keys are of bounded length, and an e-mail that was tried is nobody's business.
  const short = (key: string): string => key.slice(0, 200);
  return {
    blockedMs: async (key) => {
      const known = await store.get(short(key));
      return known !== null && known.consumedPoints >= points ? Math.max(1, known.msBeforeNext) : 0;
    },
    failed: async (key) => {
      const { consumedPoints } = await consume(store, short(key));
      return { isLocked: consumedPoints === points };
    },
    forget: async (key) => {
      await store.delete(short(key));
    },
  };
}

/** The library rejects with its result when the allowance is used up: an answer like any other here. */
async function consume(store: RateLimiterPostgres, key: string): Promise<RateLimiterRes> {
  try {
    return await store.consume(key, 1);
  } catch (answer) {
    if (answer instanceof RateLimiterRes) return answer;
    throw answer;
  }
}

/** Deletes counts whose window is over; run now and then. */
export async function forgetOldAttempts(pool: Database['pool'], now: Date): Promise<void> {
  await pool.query(`DELETE FROM rate_limits WHERE key LIKE 'door-%' AND expire < $1`, [now.getTime()]);
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Log, RateLimiter } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { type Database, openDatabase } from '../postgres/database.ts';
import { sharedRateLimiter } from './rate-limiter.ts';

let testDatabase: TestDatabase;
let database: Database;
let connections = 0;
/** A slow machine may let one lease run out per worker. */
const LEASE_LOSS = 8;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Several workers of one fresh connection. */
function workers(count: number, points: number, perMs: number): RateLimiter[] {
  connections += 1;
  const connectionId = `connection-${connections}`;
  return Array.from({ length: count }, () =>
    sharedRateLimiter({ pool: database.pool, connectionId, points, perMs }),
  );
}

function pick(limiters: readonly RateLimiter[], index: number): RateLimiter {
  const limiter = limiters[index % limiters.length];
  if (limiter === undefined) throw new Error('no worker');
  return limiter;
}

/** Takes until the answer is 0: the wait it was told is the condition waited for. */
async function untilAllowed(limiter: RateLimiter): Promise<number> {
  let waitedMs = 0;
  for (let waitMs = await limiter.take(); waitMs > 0; waitMs = await limiter.take()) {
    waitedMs += waitMs;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return waitedMs;
}

describe('sharedRateLimiter', () => {
  test('workers taking at once share the window: never more, and less only by unused leases', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 60 }),
        async (count, points) => {
          const limiters = workers(count, points, 60_000);
          const takes = Array.from({ length: 120 }, (_, index) => pick(limiters, index).take());
          const granted = (await Promise.all(takes)).filter((waitMs) => waitMs === 0).length;
          expect(granted).toBeLessThanOrEqual(points);
          expect(granted).toBeGreaterThanOrEqual(points - LEASE_LOSS * count);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('calls one after another get the allowance, then a wait within the window', async () => {
    const [limiter] = workers(1, 50, 60_000);
    if (limiter === undefined) throw new Error('no worker');
    let granted = 0;
    let waitMs = await limiter.take();
    for (; waitMs === 0; waitMs = await limiter.take()) granted += 1;
    expect(granted).toBeLessThanOrEqual(50);
    expect(granted).toBeGreaterThan(25);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });

  test('the next window starts when the last one ended', async () => {
    const [limiter] = workers(1, 2, 300);
    if (limiter === undefined) throw new Error('no worker');
    await limiter.take();
    await limiter.take();
    expect(await untilAllowed(limiter)).toBeLessThanOrEqual(600);
  });

  test('connections do not use up each other', async () => {
    const [first] = workers(1, 1, 60_000);
    const [second] = workers(1, 1, 60_000);
    expect(await first?.take()).toBe(0);
    expect(await first?.take()).toBeGreaterThan(0);
    expect(await second?.take()).toBe(0);
  });

  test('a pause holds for every worker, a shorter one does not cut it, and it ends', async () => {
    const [first, second, third] = workers(3, 100, 60_000);
    if (first === undefined || second === undefined || third === undefined) throw new Error('no worker');
    await first.take();
    await first.pause(1_200);
    await second.pause(50);
    expect(await first.take()).toBeGreaterThan(0);
    expect(await third.take()).toBeGreaterThan(50);
    expect(await untilAllowed(third)).toBeLessThanOrEqual(1_300);
    expect(await untilAllowed(first)).toBeLessThanOrEqual(1_300);
  });

  test('a store that is down stops nobody, and says so once', async () => {
    const down = openDatabase('postgres://postgres@127.0.0.1:1/none');
    const warnings: unknown[] = [];
    const log = { warn: (...line: unknown[]) => warnings.push(line) } as unknown as Log;
    const limiter = sharedRateLimiter({ pool: down.pool, connectionId: 'c', points: 1, perMs: 60_000, log });
    for (let call = 0; call < 50; call += 1) expect(await limiter.take()).toBe(0);
    expect(warnings).toHaveLength(1);
    await down.close();
  });

  test('without a store a pause still holds for the worker that was told', async () => {
    const down = openDatabase('postgres://postgres@127.0.0.1:1/none');
    const limiter = sharedRateLimiter({ pool: down.pool, connectionId: 'c', points: 1, perMs: 60_000 });
    await limiter.pause(60_000);
    expect(await limiter.take()).toBeGreaterThan(59_000);
    await down.close();
  });

  test('a store that hangs stops nobody for longer than its time limit', async () => {
    const held = await database.pool.connect();
    const [limiter] = workers(1, 5, 60_000);
    await held.query('BEGIN; LOCK TABLE rate_limits');
    expect(await limiter?.take()).toBe(0);
    await held.query('ROLLBACK');
    held.release();
  });

  test('a busy worker asks the store for every few calls only', async () => {
    const queries: unknown[] = [];
    const pool = Object.create(database.pool, {
      query: { value: (query: unknown) => (queries.push(query), database.pool.query(query as string)) },
    }) as typeof database.pool;
    const limiter = sharedRateLimiter({ pool, connectionId: 'busy', points: 1_000, perMs: 60_000 });
    for (let call = 0; call < 200; call += 1) expect(await limiter.take()).toBe(0);
    expect(queries.length).toBeLessThan(60);
  });

  test('of a few calls now and then, the store is asked before the first one only', async () => {
    const queries: unknown[] = [];
    const pool = Object.create(database.pool, {
      query: { value: (query: unknown) => (queries.push(query), database.pool.query(query as string)) },
    }) as typeof database.pool;
    let nowMs = 0;
    const limiter = sharedRateLimiter({
      pool,
      connectionId: 'in bursts',
      points: 1_000,
      perMs: 60_000,
      nowMs: () => nowMs,
    });
    for (let burst = 0; burst < 25; burst += 1) {
      for (let call = 0; call < 4; call += 1) expect(await limiter.take()).toBe(0);
      nowMs += 1_000;
    }
    // Two more until it knows that there are four.
    expect(queries.length).toBeLessThanOrEqual(25 + 2);
  });

  test('what was leased and not used is used later in the window, whatever the pace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 12, maxLength: 12 }),
        async (bursts) => {
          connections += 1;
          let nowMs = 0;
          const connectionId = `pace-${connections}`;
          const limiter = sharedRateLimiter({
            pool: database.pool,
            connectionId,
            points: 12 + LEASE_LOSS,
            perMs: 600_000,
            nowMs: () => nowMs,
          });
          let granted = 0;
          for (const burst of bursts) {
            for (let call = 0; call < burst; call += 1) granted += (await limiter.take()) === 0 ? 1 : 0;
            nowMs += 1_000;
          }
          const wanted = bursts.reduce((sum, burst) => sum + burst, 0);
          expect(granted).toBeLessThanOrEqual(12 + LEASE_LOSS);
          expect(granted).toBeGreaterThanOrEqual(Math.min(wanted, 12));
        },
      ),
      { numRuns: 15 },
    );
  });
});

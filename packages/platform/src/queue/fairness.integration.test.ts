import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConnectorError, step } from '@mlc/core';
import {
  emptyTables,
  eventStates,
  startTestEngine,
  storeEvents,
  type TestEngine,
  type TestEngineOptions,
  type TestRun,
  until,
} from '@mlc/testkit/flow-engine';
import { QUEUE_BACKENDS, redisCommand, startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { withDatabase } from '@mlc/testkit/with-database';
import { drain } from './drain.ts';

// Two queue stores on a shared machine.
jest.setTimeout(30_000);

const DONE: Awaited<ReturnType<TestRun>> = { state: 'done', reason: 'all well', effects: [] };
const OTHER = { businessId: 'b2', connectionId: 'c2' } as const;
/** Jobs of one flow that a worker runs at a time. */
const CONCURRENCY = 20;

/** Runs of the first business that do not end before they are let. */
function slowFirst(): { run: TestRun; release: () => void; running: () => number } {
  let release: () => void = () => undefined;
  // A run counts once, also when its worker was slow to say that it lives.
  const running = new Set<string>();
  const gate = new Promise<void>((resolve) => (release = resolve));
  const run: TestRun = async (_context, { businessId, id }) => {
    if (businessId !== 'b1') return DONE;
    running.add(id);
    await gate;
    return DONE;
  };
  return { run, release: () => release(), running: () => running.size };
}

describe.each(QUEUE_BACKENDS)('on %s', (backend) => {
  let redis: TestRedis | null = null;
  const stores = withDatabase();
  let running: TestEngine[] = [];

  beforeAll(async () => {
    if (backend === 'redis') redis = await startTestRedis();
  });
  afterAll(async () => {
    await redis?.stop();
  });
  beforeEach(async () => {
    await emptyTables(stores.database);
    if (redis !== null) await redisCommand(redis.url, 'FLUSHALL');
  });
  afterEach(async () => {
    await Promise.all(running.map((engine) => engine.stop()));
    running = [];
  });

  async function start(run: TestRun, options: Partial<TestEngineOptions> = {}): Promise<TestEngine> {
    const engine = await startTestEngine({
      database: stores.database,
      redisUrl: redis?.url ?? null,
      run,
      concurrency: CONCURRENCY,
      ...options,
    });
    running.push(engine);
    return engine;
  }

  async function drained(engine: TestEngine): Promise<void> {
    expect((await drain(engine.database, engine.queues, { timeoutMs: 20_000 })).drained).toBe(true);
  }

  const isDone = (engine: TestEngine, id: string | undefined) => async () => {
    const row = await engine.database.prisma.inboundEvent.findFirst({ where: { id: BigInt(id ?? '') } });
    return row?.state === 'done';
  };

  test('while every run of a business waits for its slow provider, another one’s work is done', async () => {
    const slow = slowFirst();
    const engine = await start(slow.run);
    await storeEvents(engine.database, { count: 40 });
    await until('the slow runs', () => slow.running() > 5, 10_000);
    const [id] = await storeEvents(engine.database, OTHER);
    await until('the other business', isDone(engine, id), 10_000);
    expect((await eventStates(engine.database))['done']).toBe(1);
    expect(slow.running()).toBeLessThan(CONCURRENCY / 2);
    slow.release();
    await drained(engine);
    expect(await eventStates(engine.database)).toEqual({ done: 41 });
  });

  test('five businesses with slow providers leave hands free for a sixth, however much of theirs waits', async () => {
    const slow = slowFirst();
    const engine = await start(slow.run);
    await engine.dispatcher.stop();
    for (const connectionId of ['s1', 's2', 's3', 's4', 's5'])
      await storeEvents(engine.database, { count: 40, connectionId });
    const again = await start(slow.run);
    await until('the slow runs', () => slow.running() >= 10, 10_000);
    const [id] = await storeEvents(again.database, OTHER);
    await until('the other business', isDone(again, id), 10_000);
    expect((await eventStates(again.database))['done']).toBe(1);
    slow.release();
    await drained(again);
  });

  test('behind 20,000 stored events of a business, another one’s is the next', async () => {
    const slow = slowFirst();
    const engine = await start(slow.run);
    await storeEvents(engine.database, { count: 20_000 });
    const [id] = await storeEvents(engine.database, OTHER);
    await until('the other business', isDone(engine, id), 10_000);
    expect((await eventStates(engine.database))['done']).toBe(1);
    slow.release();
  });

  test('events of one object are taken one after the other, and what a run covers is never taken', async () => {
    const seen: string[] = [];
    let atOnce = 0;
    const run: TestRun = async (context, inbound) => {
      seen.push(inbound.resourceId);
      atOnce += 1;
      expect(atOnce).toBe(1);
      const waiting = await context.store.events.waitingOn(inbound);
      atOnce -= 1;
      return {
        ...DONE,
        effects: [
          step('covers', async (tx) => {
            await tx.events.cover(inbound, waiting);
          }),
        ],
      };
    };
    const engine = await start(run);
    await engine.dispatcher.stop();
    await storeEvents(engine.database, { count: 50, resourceId: () => 'PM1' });
    const again = await start(run);
    await drained(again);
    expect(seen).toEqual(['PM1']);
    expect(await eventStates(engine.database)).toEqual({ done: 1, skipped: 49 });
  });

  test('what fails and is tried again later does not hold up what comes after it', async () => {
    const later = new ConnectorError({
      kind: 'outcome-unknown',
      provider: 'gocardless',
      operation: 'createPayment',
      message: 'cut',
    });
    const run: TestRun = (_context, { resourceId }) =>
      resourceId.startsWith('bad') ? Promise.reject(later) : Promise.resolve(DONE);
    const engine = await start(run, { budget: { settleDelayMs: 600_000, maxAttempts: 5 } });
    await storeEvents(engine.database, { count: 60, resourceId: (index) => `bad${index}` });
    const [id] = await storeEvents(engine.database, { resourceId: () => 'good' });
    await until('what comes after', isDone(engine, id), 10_000);
  });

  test('while an allowance is used up nothing is taken that would only wait for it', async () => {
    let allowed = 100;
    let refused = 0;
    let refill: NodeJS.Timeout | undefined;
    const run: TestRun = () => {
      if (allowed === 0) {
        refused += 1;
        refill ??= setTimeout(() => {
          allowed = 100;
          refill = undefined;
        }, 200);
        const message = 'the allowance is used up';
        return Promise.reject(
          new ConnectorError({
            kind: 'rate-limited',
            provider: 'gocardless',
            operation: 'x',
            message,
            retryAfterMs: 250,
          }),
        );
      }
      allowed -= 1;
      return Promise.resolve(DONE);
    };
    const engine = await start(run);
    await storeEvents(engine.database, { count: 400 });
    await drained(engine);
    const taken = engine.logged.filter(({ message }) => message === 'flow.attempted').length;
    expect(refused).toBeGreaterThan(0);
    expect(taken).toBe(400 + refused);
    expect(taken).toBeLessThanOrEqual(1.2 * 400);
  });

  test('while a connection is refused one event at a time tries it, and the others follow when it gets through', async () => {
    let refused = true;
    const tried: string[] = [];
    const run: TestRun = (_context, { id }) => {
      tried.push(id);
      if (!refused) return Promise.resolve(DONE);
      const refusal = {
        kind: 'unauthorised',
        provider: 'gocardless',
        operation: 'x',
        message: '401',
      } as const;
      return Promise.reject(new ConnectorError({ ...refusal, connectionId: 'c1' }));
    };
    const engine = await start(run);
    await storeEvents(engine.database, { count: 30 });
    await drained(engine);
    expect(tried).toHaveLength(30);
    for (const later of [25_000, 60_000, 120_000]) {
      engine.advance(later);
      expect(await engine.sweep()).toMatchObject({ woken: 1 });
      await drained(engine);
    }
    expect(await eventStates(engine.database)).toEqual({ parked: 30 });
    expect(tried).toHaveLength(33);
    expect(new Set(tried.slice(30)).size).toBe(3);
    refused = false;
    engine.advance(600_000);
    await engine.sweep();
    await until('all of them', async () => (await eventStates(engine.database))['done'] === 30, 15_000);
    expect(tried).toHaveLength(63);
  });
});

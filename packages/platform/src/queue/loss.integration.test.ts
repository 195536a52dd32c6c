import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  emptyTables,
  endings,
  eventStates,
  startTestEngine,
  storeEvents,
  type TestEngine,
  type TestRun,
  until,
} from '@mlc/testkit/flow-engine';
import { QUEUE_BACKENDS, redisCommand, startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { spawnWorker, type SpawnedWorker } from '@mlc/testkit/spawn-worker';
import { withDatabase } from '@mlc/testkit/with-database';
import { listDeadLetters } from '../answers/dead-letters.ts';

// Workers are killed and taken for dead, servers restart, the machine is shared.
jest.setTimeout(60_000);

const DONE: Awaited<ReturnType<TestRun>> = { state: 'done', reason: 'all well', effects: [] };

const stores = withDatabase();
let running: TestEngine[] = [];
let children: SpawnedWorker[] = [];

beforeEach(() => emptyTables(stores.database));
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await Promise.all(running.map((engine) => engine.stop()));
  running = [];
  children = [];
});

async function start(redisUrl: string | null, run: TestRun, maxAttempts = 20): Promise<TestEngine> {
  const engine = await startTestEngine({
    database: stores.database,
    redisUrl,
    run,
    budget: { maxAttempts },
  });
  running.push(engine);
  return engine;
}

async function doneOnce(engine: TestEngine, ids: readonly string[]): Promise<void> {
  await until(
    'every event to be done',
    async () => {
      await engine.sweep().catch(() => null);
      return (await eventStates(engine.database))['done'] === ids.length;
    },
    40_000,
  );
  expect(await endings(engine.database, 'event.done')).toEqual(new Map(ids.map((id) => [id, 1])));
}

describe.each(QUEUE_BACKENDS)('on %s', (backend) => {
  let redis: TestRedis | null = null;

  beforeAll(async () => {
    if (backend === 'redis') redis = await startTestRedis();
  });
  afterAll(() => redis?.stop());

  async function spawnChild(runMs: number): Promise<SpawnedWorker> {
    const child = await spawnWorker(stores.url, redis?.url ?? null, runMs);
    children.push(child);
    return child;
  }

  test('a worker killed in the middle of its jobs: another one ends them, each once', async () => {
    const engine = await start(redis?.url ?? null, () => Promise.resolve(DONE));
    // Only the child works at first: the engine here dispatches and watches.
    await engine.queues.stopConsuming(5_000);
    const child = await spawnChild(150);
    const ids = await storeEvents(engine.database, { count: 40 });
    await until(
      'some work to be done',
      async () => ((await eventStates(engine.database))['done'] ?? 0) >= 10,
    );
    await child.kill();
    const before = (await eventStates(engine.database))['done'] ?? 0;
    expect(before).toBeLessThan(40);
    const second = await spawnChild(0);
    await doneOnce(engine, ids);
    const twice = child.took.filter((id) => second.took.includes(id));
    expect(child.took.length + second.took.length - twice.length).toBe(40);
  });

  test('an event that keeps killing its worker ends as a dead letter', async () => {
    const engine = await start(redis?.url ?? null, () => Promise.resolve(DONE), 2);
    await engine.queues.stopConsuming(5_000);
    const [id] = await storeEvents(engine.database);
    for (const _kill of [1, 2]) {
      const child = await spawnChild(60_000);
      await until('the worker to take it', () => child.took.length > 0, 30_000);
      await child.kill();
    }
    await start(redis?.url ?? null, () => Promise.resolve(DONE), 2);
    await until('the dead letter', async () => (await eventStates(engine.database))['dead'] === 1, 30_000);
    expect(await listDeadLetters(engine.database)).toMatchObject([{ eventId: id, attempts: 2 }]);
  });
});

describe.each(QUEUE_BACKENDS.filter((backend) => backend === 'redis'))('when %s', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis.stop());

  const slowly: TestRun = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return DONE;
  };

  test('is emptied in the middle of the work, nothing is lost and nothing done twice', async () => {
    const engine = await start(redis.url, slowly);
    const ids = await storeEvents(engine.database, { count: 150 });
    await until(
      'some work to be done',
      async () => ((await eventStates(engine.database))['done'] ?? 0) >= 20,
    );
    await redisCommand(redis.url, 'FLUSHALL');
    await doneOnce(engine, ids);
  });

  test('dies and comes back empty, nothing is lost; meanwhile events are only stored', async () => {
    const engine = await start(redis.url, slowly);
    const ids = await storeEvents(engine.database, { count: 60 });
    await until(
      'some work to be done',
      async () => ((await eventStates(engine.database))['done'] ?? 0) >= 10,
    );
    await redis.kill();
    const more = await storeEvents(engine.database, { count: 40 });
    await expect(
      engine.queues.add('invoice-to-mandate', [{ eventId: '1', correlationId: 'c', run: 0 }]),
    ).rejects.toThrow(/Redis cannot be reached/);
    await redis.start();
    await doneOnce(engine, [...ids, ...more]);
  });
});

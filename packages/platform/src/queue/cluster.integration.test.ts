import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { eventStates, startTestEngine, storeEvents, until } from '@mlc/testkit/flow-engine';
import { QUEUE_BACKENDS, redisCommand, startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { withDatabase } from '@mlc/testkit/with-database';

jest.setTimeout(30_000);

describe.each(QUEUE_BACKENDS.filter((backend) => backend === 'redis'))('%s as a cluster', () => {
  let redis: TestRedis;
  const stores = withDatabase();

  beforeAll(async () => {
    redis = await startTestRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    await redisCommand(redis.url, 'CLUSTER ADDSLOTSRANGE 0 16383');
    await until('the cluster', async () =>
      (await redisCommand(redis.url, 'CLUSTER INFO')).includes('cluster_state:ok'),
    );
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('several URLs are its nodes, and the keys of a queue share a slot', async () => {
    const engine = await startTestEngine({
      database: stores.database,
      redisUrl: `${redis.url},${redis.url.replace('127.0.0.1', 'localhost')}`,
      run: () => Promise.resolve({ state: 'done', reason: 'all well', effects: [] }),
    });
    await storeEvents(engine.database, { count: 50 });
    await until('the work', async () => (await eventStates(engine.database))['done'] === 50);
    expect(engine.queues.backend).toBe('redis');
    await engine.stop();
  });
});

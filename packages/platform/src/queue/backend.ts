import {
  assertSchemaCompatibility,
  createPostgresBackend,
  Queue,
  type QueueOptions,
  runMigrations,
  SchemaMigrationRequiredError,
  Worker,
  type WorkerOptions,
  type Processor,
} from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { newClient, newPool } from '../postgres/postgres.ts';

/** What is left of BullMQ's differences between Redis and Postgres. */
export interface QueueBackend {
  readonly name: 'redis' | 'postgres';
  openQueue(name: string): Queue;
  openWorker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  /** Resolves when commands would be answered; rejects when the store cannot be reached within `timeoutMs`. */
  usable(timeoutMs: number): Promise<void>;
  /** Called whenever the store is (again) there. */
  onUsable(listener: () => void): void;
  close(): Promise<void>;
}

/** All keys of ours in Redis; the braces keep a queue's keys in one slot of a cluster. */
const REDIS_PREFIX = '{mlc}';
const REDIS_COMMAND_TIMEOUT_MS = 10_000;
const RECONNECT_CAP_MS = 2_000;
/** Schema of BullMQ's tables in Postgres. */
const POSTGRES_SCHEMA = 'bullmq';
const POSTGRES_CONNECTIONS = 12;

/** True when the URLs name Redis; `postgres://` means BullMQ's Postgres backend. */
export function areRedisUrls(queueUrls: readonly string[]): boolean {
  return queueUrls.some((url) => /^rediss?:\/\//.test(url));
}

/**
 * BullMQ over Redis; several URLs are nodes of one cluster. Never waits for Redis to be there.
 * Producers fail at once when Redis is away; workers wait for it (BullMQ "Going to production").
 */
export function redisBackend(queueUrls: readonly string[]): QueueBackend {
  const producer = openRedis(queueUrls, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: REDIS_COMMAND_TIMEOUT_MS,
  });
  let consumer: Redis | Cluster | undefined;
  return {
    name: 'redis',
    openQueue: (name) => new Queue(name, { connection: producer, prefix: REDIS_PREFIX }),
    openWorker: (name, processor, options) => {
      consumer ??= openRedis(queueUrls, { maxRetriesPerRequest: null });
      return new Worker(name, processor, { ...options, connection: consumer, prefix: REDIS_PREFIX });
    },
    usable: (timeoutMs) => untilReady(producer, timeoutMs),
    onUsable: (listener) => producer.on('ready', listener),
    close: () => {
      producer.disconnect();
      consumer?.disconnect();
      return Promise.resolve();
    },
  };
}

interface RedisRole {
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
}

function openRedis(urls: readonly string[], role: RedisRole): Redis | Cluster {
  const backoff = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_CAP_MS);
  const client =
    urls.length === 1
      ? new Redis(urls[0] ?? '', { ...role, retryStrategy: backoff })
      : openCluster(urls, role, backoff);
  // The failure itself is told by whoever needed the connection; without a listener it would end the process.
  client.on('error', () => undefined);
  return client;
}

function openCluster(urls: readonly string[], role: RedisRole, backoff: (times: number) => number): Cluster {
  const nodes = urls.map((url) => new URL(url));
  const { enableOfflineQueue, ...redisOptions } = role;
  const first = nodes[0];
  return new Cluster(
    nodes.map((node) => ({ host: node.hostname, port: Number(node.port || 6379) })),
    {
      ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
      clusterRetryStrategy: backoff,
      redisOptions: {
        ...redisOptions,
        ...(first?.username ? { username: decodeURIComponent(first.username) } : {}),
        ...(first?.password ? { password: decodeURIComponent(first.password) } : {}),
        ...(first?.protocol === 'rediss:' ? { tls: {} } : {}),
      },
    },
  );
}

function untilReady(client: Redis | Cluster, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => {
      client.off('ready', ready);
      reject(new Error('Redis cannot be reached; check QUEUE_URL and that the server runs'));
    }, timeoutMs);
    const ready = (): void => {
      clearTimeout(giveUp);
      resolve();
    };
    client.once('ready', ready);
  });
}

/** BullMQ over Postgres. Its tables must be there: see `migrateQueue`. */
export function postgresBackend(url: string): QueueBackend {
  const pool = newPool(url, {
    max: POSTGRES_CONNECTIONS,
    options: `-c search_path=${POSTGRES_SCHEMA}`,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  // Each of BullMQ's queues adds a listener of its own.
  pool.setMaxListeners(0);
  // The types of the queue classes name Redis' connection options; the factory decides what is accepted.
  const connection = pool as unknown as QueueOptions['connection'];
  return {
    name: 'postgres',
    openQueue: (name) => new Queue(name, { connection }, createPostgresBackend as never),
    openWorker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, createPostgresBackend as never),
    usable: async () => {
      await pool.query('SELECT 1');
    },
    onUsable: () => undefined,
    close: () => pool.end(),
  };
}

/** Creates or updates BullMQ's tables in Postgres; safe from several processes at once. Returns true when it had to. */
export async function migrateQueue(url: string): Promise<boolean> {
  const client = newClient(url);
  await client.connect();
  try {
    await assertSchemaCompatibility(client, POSTGRES_SCHEMA);
    return false;
  } catch (error) {
    if (!(error instanceof SchemaMigrationRequiredError)) throw error;
    await runMigrations(client, POSTGRES_SCHEMA);
    return true;
  } finally {
    await client.end();
  }
}

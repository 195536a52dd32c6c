import { FLOW_NAMES, type FlowName, type Log } from '@mlc/core';
import type { JobType, Queue, Worker } from 'bullmq';
import { areRedisUrls, migrateQueue, postgresBackend, type QueueBackend, redisBackend } from './backend.ts';
import { holdsOf, type QueueHold } from './held.ts';
import { flowJobSchema, jobIdFor, parseJob, type QueuedEvent } from './job.ts';
import { type JobProcessor, openWorker, type QueueSettings, stopWorkers } from './workers.ts';

/** How full one queue is. `waiting` includes what waits in a paused queue. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** One queue per flow, on Redis or on Postgres. A hint that can be wiped without loss: Postgres keeps the truth. */
export interface FlowQueues {
  readonly backend: 'redis' | 'postgres';
  /** In bulk; ids already there are ignored. Rejects when the queue cannot be reached. */
  add(flow: FlowName, events: readonly QueuedEvent[]): Promise<void>;
  counts(): Promise<Record<FlowName, QueueCounts>>;
  holds(): Promise<Record<FlowName, QueueHold>>;
  /** Nothing of this flow begins any more, in any process, until it is let go. */
  hold(flow: FlowName, isHeld: boolean): Promise<void>;
  /** Jobs of these runs, whatever their state, leave the queue; one that is running stays. */
  remove(flow: FlowName, events: readonly Pick<QueuedEvent, 'eventId' | 'run'>[]): Promise<void>;
  /** The first delayed jobs, at most `limit`. */
  delayed(flow: FlowName, limit: number): Promise<readonly QueuedEvent[]>;
  /** Starts taking jobs of one flow, at most `concurrency` at a time. */
  consume(flow: FlowName, processor: JobProcessor, options: { concurrency: number }): void;
  /** Stops taking jobs and waits for those in hand, at most `timeoutMs`. */
  stopConsuming(timeoutMs: number): Promise<void>;
  /** Called whenever an unreachable queue answers again. */
  onUsable(listener: () => void): void;
  /** For Bull Board. */
  readonly boards: readonly Queue[];
  close(): Promise<void>;
}

/** How long a command waits for a connection that is only just being made. */
const CONNECT_PATIENCE_MS = 3_000;
/** `paused` is where waiting jobs are counted while a person holds the queue; BullMQ's type forgets it. */
const COUNTED_STATES = [
  'waiting',
  'paused' as JobType,
  'prioritized',
  'active',
  'delayed',
  'failed',
] as const;

/** Opens the queues of all flows. On Postgres it sees to BullMQ's tables first; on Redis it does not wait for the server. */
export async function openQueues(settings: QueueSettings): Promise<FlowQueues> {
  const backend = await openBackend(settings);
  const queues = Object.fromEntries(
    FLOW_NAMES.map((flow) => [flow, openQueue(backend, flow, settings.log)]),
  ) as Record<FlowName, Queue>;
  const workers: Worker[] = [];
  const reachable = (): Promise<void> => backend.usable(CONNECT_PATIENCE_MS);
  return {
    backend: backend.name,
    boards: Object.values(queues),
    add: async (flow, events) => {
      await reachable();
      await addAll(queues[flow], flow, events);
    },
    remove: async (flow, events) => {
      await reachable();
      await removeAll(queues[flow], events);
    },
    counts: async () => {
      await reachable();
      return countAll(queues);
    },
    holds: async () => {
      await reachable();
      return holdsOf(queues);
    },
    hold: async (flow, isHeld) => {
      await reachable();
      await (isHeld ? queues[flow].pause() : queues[flow].resume());
    },
    delayed: async (flow, limit) => {
      await reachable();
      const jobs = await queues[flow].getJobs(['delayed'], 0, limit - 1, true);
      return jobs.flatMap((job) => parseJob(job.id, job.data) ?? []);
    },
    consume: (flow, processor, { concurrency }) => {
      workers.push(openWorker(backend, { flow, processor, concurrency, settings }));
    },
    stopConsuming: (timeoutMs) => stopWorkers(workers, timeoutMs, settings.log),
    onUsable: (listener) => backend.onUsable(listener),
    close: async () => {
      await stopWorkers(workers, 0, settings.log);
      await Promise.all(Object.values(queues).map((queue) => queue.close().catch(() => undefined)));
      await backend.close();
    },
  };
}

async function openBackend(settings: QueueSettings): Promise<QueueBackend> {
  const { queueUrls, databaseUrl } = settings;
  if (queueUrls !== null && areRedisUrls(queueUrls)) return redisBackend(queueUrls);
  const url = queueUrls?.[0] ?? databaseUrl;
  await migrateQueue(url);
  return postgresBackend(url);
}

function openQueue(backend: QueueBackend, flow: FlowName, log: Log): Queue {
  const queue = backend.openQueue(flow);
  queue.on('error', (error) => log.debug('queue.error', { flow, error: error.message }));
  return queue;
}

async function addAll(queue: Queue, flow: FlowName, events: readonly QueuedEvent[]): Promise<void> {
  // What an earlier run left behind (a failed job on the board, a delayed retry) is over once a new run begins.
  const earlier = events.filter((event) => event.run > 0);
  await removeAll(
    queue,
    earlier.map((event) => ({ eventId: event.eventId, run: event.run - 1 })),
  );
  await queue.addBulk(
    events.map(({ eventId, correlationId, run }) => ({
      name: flow,
      data: flowJobSchema.parse({ eventId, correlationId }),
      opts: { jobId: jobIdFor(eventId, run), attempts: 1 },
    })),
  );
}

async function removeAll(queue: Queue, runs: readonly { eventId: string; run: number }[]): Promise<void> {
  // A job that is running is locked and stays; its worker finds the run stale by itself.
  await Promise.all(runs.map((run) => queue.remove(jobIdFor(run.eventId, run.run)).catch(() => 0)));
}

async function countAll(queues: Record<FlowName, Queue>): Promise<Record<FlowName, QueueCounts>> {
  const entries = await Promise.all(
    FLOW_NAMES.map(async (flow): Promise<[FlowName, QueueCounts]> => {
      const counts = await queues[flow].getJobCounts(...COUNTED_STATES);
      const of = (type: string): number => counts[type] ?? 0;
      const waiting = of('waiting') + of('paused') + of('prioritized');
      return [flow, { waiting, active: of('active'), delayed: of('delayed'), failed: of('failed') }];
    }),
  );
  return Object.fromEntries(entries) as Record<FlowName, QueueCounts>;
}

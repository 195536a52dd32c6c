import { FLOW_NAMES, type FlowName, type Log } from '@mlc/core';
import { DelayedError, type Job, type JobType, type Queue, UnrecoverableError, type Worker } from 'bullmq';
import { systemClock, systemRandom } from '../lifecycle/system.ts';
import { areRedisUrls, migrateQueue, postgresBackend, type QueueBackend, redisBackend } from './backend.ts';
import { flowJobSchema, jobIdFor, parseJob, type QueuedEvent } from './job.ts';

/** How full one queue is. `waiting` includes what waits in a paused queue. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** A job in a worker's hands. `stalls`: how often its worker died (or froze) while it had it. */
export interface RunningJob extends QueuedEvent {
  readonly stalls: number;
}

/** What becomes of a job. Attempts and backoff are the engine's, never BullMQ's. */
export type JobOutcome =
  | { readonly then: 'complete' }
  | { readonly then: 'delay'; readonly delayMs: number }
  | { readonly then: 'fail'; readonly message: string };

export type JobProcessor = (job: RunningJob) => Promise<JobOutcome>;

/** One queue per flow, on Redis or on Postgres. A hint that can be wiped without loss: Postgres keeps the truth. */
export interface FlowQueues {
  readonly backend: 'redis' | 'postgres';
  /** In bulk; ids already there are ignored. Rejects when the queue cannot be reached. */
  add(flow: FlowName, events: readonly QueuedEvent[]): Promise<void>;
  counts(): Promise<Record<FlowName, QueueCounts>>;
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

/** Where and how. The two times are shortened by tests only. */
export interface QueueSettings {
  /** `QUEUE_URL`: several redis URLs are nodes of one cluster; null = the database. */
  readonly queueUrls: readonly string[] | null;
  /** Where the queue lives when `queueUrls` is null. */
  readonly databaseUrl: string;
  readonly log: Log;
  /** A worker that does not renew a job's lock for this long is taken for dead. */
  readonly lockDurationMs?: number;
  /** How often the jobs of dead workers are looked for. */
  readonly stalledIntervalMs?: number;
}

const LOCK_DURATION_MS = 30_000;
const STALLED_INTERVAL_MS = 30_000;
/** How long a command waits for a connection that is only just being made. */
const CONNECT_PATIENCE_MS = 3_000;
/** Our own attempt counting decides when a job that keeps killing its worker is dead, so BullMQ never does. */
const NEVER_FAIL_STALLED = 1_000_000;
/** Failed jobs kept for the board; the dead letters themselves are rows in Postgres. */
const KEEP_FAILED = { count: 1_000 };
/** `paused` is where waiting jobs are counted while a person holds the queue; BullMQ's type forgets it. */
const COUNTED_STATES = [
  'waiting',
  'paused' as JobType,
  'prioritized',
  'active',
  'delayed',
  'failed',
] as const;
/** After an error of the engine itself (Postgres away): look again soon, uncounted. */
const ENGINE_RETRY_MS = 3_000;

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
  if (areRedisUrls(settings.queueUrls)) return redisBackend(settings.queueUrls);
  const url = settings.queueUrls?.[0] ?? settings.databaseUrl;
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

interface WorkerPlan {
  readonly flow: FlowName;
  readonly processor: JobProcessor;
  readonly concurrency: number;
  readonly settings: QueueSettings;
}

function openWorker(backend: QueueBackend, plan: WorkerPlan): Worker {
  const { flow, settings } = plan;
  const worker = backend.openWorker(flow, (job, token) => runJob(job, token, plan), {
    concurrency: plan.concurrency,
    lockDuration: settings.lockDurationMs ?? LOCK_DURATION_MS,
    stalledInterval: settings.stalledIntervalMs ?? STALLED_INTERVAL_MS,
    maxStalledCount: NEVER_FAIL_STALLED,
    drainDelay: 5,
    runRetryDelay: ENGINE_RETRY_MS,
    removeOnComplete: { count: 0 },
    removeOnFail: KEEP_FAILED,
  });
  worker.on('error', (error) => settings.log.warn('queue.worker_error', { flow, error: error.message }));
  worker.on('stalled', (jobId) => settings.log.warn('queue.job_stalled', { flow, jobId }));
  return worker;
}

async function runJob(job: Job, token: string | undefined, plan: WorkerPlan): Promise<void> {
  const parsed = parseJob(job.id, job.data);
  if (parsed === null) throw new UnrecoverableError(`job ${job.id ?? '?'} is not one of ours`);
  const outcome = await outcomeOf({ ...parsed, stalls: job.stalledCounter }, plan);
  switch (outcome.then) {
    case 'complete':
      return;
    case 'fail':
      throw new UnrecoverableError(outcome.message);
    case 'delay':
      await job.moveToDelayed(systemClock.now().getTime() + outcome.delayMs, token);
      throw new DelayedError();
  }
}

/** The engine writes every outcome into Postgres; when even that fails the job comes back shortly, uncounted. */
async function outcomeOf(job: RunningJob, plan: WorkerPlan): Promise<JobOutcome> {
  try {
    return await plan.processor(job);
  } catch (error) {
    plan.settings.log.error('queue.engine_error', { flow: plan.flow, eventId: job.eventId, error });
    return { then: 'delay', delayMs: Math.round(ENGINE_RETRY_MS * (0.5 + systemRandom())) };
  }
}

async function stopWorkers(workers: readonly Worker[], timeoutMs: number, log: Log): Promise<void> {
  const closing = Promise.all(workers.map((worker) => worker.close().catch(() => undefined)));
  const finished = await within(closing, timeoutMs);
  if (finished || workers.length === 0 || timeoutMs === 0) return;
  log.warn('queue.stop_timeout', { timeoutMs, note: 'jobs still in hand are taken over by another worker' });
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const finished = await Promise.race([work.then(() => true), timeout]);
  clearTimeout(timer);
  return finished;
}

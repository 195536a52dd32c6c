import type { FlowName, Log } from '@mlc/core';
import { DelayedError, type Job, UnrecoverableError, type Worker } from 'bullmq';
import { systemClock, systemRandom } from '../clock/system.ts';
import type { QueueBackend } from './backend.ts';
import { parseJob, type QueuedEvent } from './job.ts';

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

/** With the interval, how long the work of a killed worker lies idle: 20 s at most, within what `mlc drain` waits. */
const LOCK_DURATION_MS = 15_000;
const STALLED_INTERVAL_MS = 5_000;
/** Our own attempt counting decides when a job that keeps killing its worker is dead, so BullMQ never does. */
const NEVER_FAIL_STALLED = 1_000_000;
/** Failed jobs kept for the board; the dead letters themselves are rows in Postgres. */
const KEEP_FAILED = { count: 1_000 };
/** After an error of the engine itself (Postgres away): look again soon, uncounted. */
const ENGINE_RETRY_MS = 3_000;

/** What one worker consumes and how. */
export interface WorkerPlan {
  readonly flow: FlowName;
  readonly processor: JobProcessor;
  readonly concurrency: number;
  readonly settings: QueueSettings;
}

/** Starts taking jobs of one flow. */
export function openWorker(backend: QueueBackend, plan: WorkerPlan): Worker {
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
      await delay(job, token, { delayMs: outcome.delayMs, plan });
      throw new DelayedError();
  }
}

/**
 * When the queue cannot be reached the job stays in hand and is taken over once its lock runs out. Anything else that is
 * thrown would make BullMQ fail it, and a failed job is never run again while its event waits for it.
 */
async function delay(
  job: Job,
  token: string | undefined,
  { delayMs, plan }: { delayMs: number; plan: WorkerPlan },
): Promise<void> {
  try {
    await job.moveToDelayed(systemClock.now().getTime() + delayMs, token);
  } catch (error) {
    plan.settings.log.warn('queue.not_delayed', { flow: plan.flow, jobId: job.id, error });
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

/** Takes no more jobs; returns when those in hand are done, or `timeoutMs` have passed. */
export async function stopWorkers(workers: readonly Worker[], timeoutMs: number, log: Log): Promise<void> {
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

import { migrateQueue, postgresBackend, redisBackend } from '@mlc/platform/queue/backend';
import type { ChildProcess } from 'node:child_process';
import { end, nextMessage, pidOf, start } from './processes.ts';
import { captureJobs } from './seeds.ts';
import { databaseUrl, type Measured, measured, onServer, type Stage, until } from './stage.ts';

/** The queue's name in naive-worker.ts, which cannot be imported without starting it. */
const NAIVE_QUEUE = 'naive-captures';
const WARM_UP_JOBS = 240;
/** It is so much quicker that it needs more jobs for a round to last. */
const TIMES_THE_JOBS = 4;

interface NaiveWorker {
  readonly child: ChildProcess;
  finished: number;
}

async function startWorker(stage: Stage, queueUrl: string): Promise<NaiveWorker> {
  const { freshbooks, paypal } = stage.fakes.urls;
  const worker: NaiveWorker = {
    child: start('naive-worker.js', [queueUrl, freshbooks, paypal]),
    finished: 0,
  };
  await nextMessage(worker.child, 'the naive worker');
  worker.child.on('message', ({ finished }: { finished: number }) => (worker.finished = finished));
  return worker;
}

async function queueFor(stage: Stage): Promise<string> {
  if (stage.redis !== null) return stage.redis.url;
  await onServer(stage.postgres.url, 'DROP DATABASE IF EXISTS naive WITH (FORCE)');
  await onServer(stage.postgres.url, 'CREATE DATABASE naive');
  const url = databaseUrl(stage.postgres.url, 'naive');
  await migrateQueue(url);
  return url;
}

/** One round of the naive workers. */
export async function naiveRound(stage: Stage): Promise<Measured> {
  const queueUrl = await queueFor(stage);
  const backend = stage.redis === null ? postgresBackend(queueUrl) : redisBackend([queueUrl]);
  await backend.usable(5_000);
  const queue = backend.openQueue(NAIVE_QUEUE);
  await stage.fakes.ask({ ask: 'reset', customersPerBusiness: 0 });
  const workers = await Promise.all(
    Array.from({ length: stage.options.workers }, () => startWorker(stage, queueUrl)),
  );
  const finished = (): number => workers.reduce((sum, worker) => sum + worker.finished, 0);
  const drain = async (first: number, count: number): Promise<void> => {
    await queue.addBulk(captureJobs(first, count).map((job) => ({ name: 'capture', data: { job } })));
    await until('the naive workers', () => Promise.resolve(finished() >= first + count));
  };
  try {
    await drain(0, WARM_UP_JOBS);
    const jobs = stage.options.jobs * TIMES_THE_JOBS;
    const pids = workers.map(({ child }) => pidOf(child));
    return await measured(stage, { workers: pids, jobs }, () => drain(WARM_UP_JOBS, jobs));
  } finally {
    await Promise.all(workers.map(({ child }) => end(child)));
    await queue.close();
    await backend.close();
  }
}

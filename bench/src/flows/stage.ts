import pg from 'pg';
import type { Store } from '../ingress/stores.ts';
import { cpu, parentOf } from './cpu.ts';
import type { Options } from './options.ts';
import type { Fakes } from './processes.ts';

/** What every contestant runs on. */
export interface Stage {
  readonly options: Options;
  readonly postgres: Store;
  /** Of the server that forks all of Postgres' processes. */
  readonly postmaster: number;
  readonly redis: Store | null;
  readonly fakes: Fakes;
  /** For what the contestants write beside the stores. */
  readonly folder: string;
}

/** One flow of one contestant in one round. CPU in ms a job, by process. */
export interface Measured {
  readonly jobsPerS: number;
  readonly workerMs: number;
  readonly postgresMs: number;
  readonly redisMs: number;
  readonly fakesMs: number;
  /** Calls to the providers a job. */
  readonly calls: number;
  /** Share of the machine's busy time that belonged to nobody here: what the neighbours did. */
  readonly neighbours: number;
}

interface Moment {
  readonly atMs: number;
  readonly worker: number;
  readonly postgres: number;
  readonly redis: number;
  readonly fakes: number;
  readonly bench: number;
  readonly machine: number;
  readonly calls: number;
}

async function moment(stage: Stage, workers: readonly number[]): Promise<Moment> {
  const { calls } = await stage.fakes.ask({ ask: 'calls' });
  return {
    atMs: performance.now(),
    worker: cpu.of(workers),
    postgres: cpu.ofTree(stage.postmaster),
    redis: stage.redis?.pid === undefined ? 0 : cpu.of([stage.redis.pid]),
    fakes: cpu.of([stage.fakes.pid]),
    bench: cpu.of([process.pid]),
    machine: cpu.ofMachine(),
    calls: Object.values(calls).reduce((sum, count) => sum + count, 0),
  };
}

/** Runs the work of `jobs` jobs and measures what it took. */
export async function measured(
  stage: Stage,
  { workers, jobs }: { workers: readonly number[]; jobs: number },
  work: () => Promise<void>,
): Promise<Measured> {
  const before = await moment(stage, workers);
  await work();
  const after = await moment(stage, workers);
  const took = (name: keyof Moment): number => after[name] - before[name];
  const ours = took('worker') + took('postgres') + took('redis') + took('fakes') + took('bench');
  return {
    jobsPerS: (jobs / took('atMs')) * 1_000,
    workerMs: took('worker') / jobs,
    postgresMs: took('postgres') / jobs,
    redisMs: took('redis') / jobs,
    fakesMs: took('fakes') / jobs,
    calls: took('calls') / jobs,
    neighbours: Math.max(0, 1 - ours / Math.max(took('machine'), 1)),
  };
}

/** Postgres says which process serves us; that one's parent serves everybody. */
export async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return parentOf(rows[0]?.pid ?? 0);
  } finally {
    await client.end();
  }
}

/** A statement on the server, outside any database of a contestant. */
export async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const PAUSE_MS = 25;

/** @throws when it does not become true in time. */
export async function until(what: string, isTrue: () => Promise<boolean>, limitMs = 300_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${limitMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

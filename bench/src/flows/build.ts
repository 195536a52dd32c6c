import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, redisCommand } from '../ingress/stores.ts';
import { type CountingProxy, type PostgresTraffic, startCountingProxy } from './counting-proxy.ts';
import { endings, fillBusinesses, insertEvents, isDrained, isMirrored, VAULT_KEYS } from './database.ts';
import { end, pidOf, startMlc } from './processes.ts';
import { profiled, profilingEnv } from './profile.ts';
import {
  BUSINESSES,
  captureSeeds,
  debitSeeds,
  FLOW_KINDS,
  type FlowKind,
  invoiceSeeds,
  type Seed,
} from './seeds.ts';
import { databaseUrl, type Measured, measured, onServer, type Stage, until } from './stage.ts';

/** A build of ml-connector: the one of this checkout, or of an older commit. */
export interface Build {
  readonly title: string;
  /** The checkout it was made in. */
  readonly root: string;
  /** A filled database that each round begins with a copy of. */
  readonly template: string;
}

/** Jobs of each flow before the measured ones. */
const WARM_UP_JOBS = 4 * BUSINESSES;

export async function prepareBuild(stage: Stage, title: string, root: string): Promise<Build> {
  const template = `template_${title.replace(/\W/g, '_')}`;
  await onServer(stage.postgres.url, `CREATE DATABASE ${template}`);
  const url = databaseUrl(stage.postgres.url, template);
  const migrating = startMlc(root, ['migrate'], { folder: stage.folder, env: await environment(stage, url) });
  const [code] = (await once(migrating, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`mlc migrate of ${title} ended with ${String(code)}`);
  await fillBusinesses(url);
  return { title, root, template };
}

/** What `mlc` is told; nothing of the surroundings reaches it. */
async function environment(stage: Stage, url: string): Promise<NodeJS.ProcessEnv> {
  const { freshbooks, gocardless, paypal } = stage.fakes.urls;
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: url,
    ...(stage.redis === null ? {} : { QUEUE_URL: stage.redis.url }),
    MLC_DATA_DIR: join(stage.folder, 'mlc'),
    MLC_VAULT_KEYS: VAULT_KEYS,
    MLC_ADMIN_TOKEN: 'bench-admin-token',
    FRESHBOOKS_API_URL: freshbooks,
    FRESHBOOKS_CLIENT_ID: 'bench',
    FRESHBOOKS_CLIENT_SECRET: 'bench-secret',
    GOCARDLESS_API_URL: gocardless,
    PAYPAL_API_URL: paypal,
    MLC_POLL_INTERVAL_S: '86400',
    WORKER_PORT: String(await freePort()),
    LOG_FORMAT: 'json',
  };
}

/** A round's results by flow; `traffic` with a proxy only. */
export interface BuildRound {
  readonly measured: ReadonlyMap<FlowKind, Measured>;
  readonly traffic: ReadonlyMap<FlowKind, Readonly<Record<string, PostgresTraffic>>>;
}

/** How a round is run besides being timed. */
export interface RoundWishes {
  /** Counts statements on the way to Postgres: the proxy costs time of its own. */
  readonly counting?: boolean;
  /** A file name's beginning: CPU profiles of the first worker are written there, one a flow. */
  readonly profileTo?: string;
}

interface Running {
  readonly stage: Stage;
  readonly pool: pg.Pool;
  readonly workers: readonly ChildProcess[];
  readonly wishes: RoundWishes;
  readonly proxy: CountingProxy | null;
}

/** Drains the three flows once, from an empty queue and a fresh copy of the database. */
export async function buildRound(stage: Stage, build: Build, wishes: RoundWishes = {}): Promise<BuildRound> {
  const server = stage.postgres.url;
  await onServer(server, 'DROP DATABASE IF EXISTS round WITH (FORCE)');
  await onServer(server, `CREATE DATABASE round TEMPLATE ${build.template}`);
  if (stage.redis !== null) await redisCommand(stage.redis.url, 'FLUSHALL');
  await stage.fakes.ask({
    ask: 'reset',
    customersPerBusiness: Math.ceil((WARM_UP_JOBS + stage.options.jobs) / BUSINESSES),
  });
  const url = databaseUrl(server, 'round');
  const proxy = wishes.counting === true ? await startCountingProxy(url) : null;
  const workers: ChildProcess[] = [];
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  try {
    for (let index = 0; index < stage.options.workers; index += 1) {
      const profile = index === 0 ? wishes.profileTo : undefined;
      const env = {
        ...(await environment(stage, proxy?.url ?? url)),
        ...(profile === undefined ? {} : profilingEnv(profile)),
      };
      workers.push(startMlc(build.root, ['worker'], { folder: stage.folder, env }));
    }
    return await drainAll({ stage, pool, workers, wishes, proxy });
  } finally {
    await Promise.all(workers.map(end));
    await proxy?.close();
    await pool.end();
  }
}

async function drainAll(running: Running): Promise<BuildRound> {
  const { pool, stage } = running;
  await until('the mirrors', () => isMirrored(pool), 120_000);
  const results = new Map<FlowKind, Measured>();
  const traffic = new Map<FlowKind, Readonly<Record<string, PostgresTraffic>>>();
  for (const kind of FLOW_KINDS) await drain(running, await seedsOf(stage, kind, [0, WARM_UP_JOBS]));
  for (const [index, kind] of FLOW_KINDS.entries()) {
    const seeds = await seedsOf(stage, kind, [WARM_UP_JOBS, stage.options.jobs]);
    const before = running.proxy?.read() ?? {};
    const pids = running.workers.map(pidOf);
    const work = () => measured(stage, { workers: pids, jobs: seeds.length }, () => drain(running, seeds));
    results.set(kind, await watched(running, index, work));
    if (running.proxy !== null) traffic.set(kind, perJob(before, running.proxy.read(), seeds.length));
    await judge(running, kind, seeds);
  }
  return { measured: results, traffic };
}

/** Under a CPU profile of the first worker, when one is wished for. */
function watched<T>({ workers, wishes }: Running, index: number, work: () => Promise<T>): Promise<T> {
  const [first] = workers;
  if (wishes.profileTo === undefined || first === undefined) return work();
  return profiled(first, { to: wishes.profileTo, index }, work);
}

/** The debits that are confirmed are those the invoices led to. */
async function seedsOf(
  stage: Stage,
  kind: FlowKind,
  [first, count]: readonly [number, number],
): Promise<readonly Seed[]> {
  if (kind === 'invoice') return invoiceSeeds(first, count);
  if (kind === 'capture') return captureSeeds(first, count);
  const { debits } = await stage.fakes.ask({ ask: 'confirm' });
  return debitSeeds(debits.slice(first, first + count));
}

async function drain({ pool }: Running, seeds: readonly Seed[]): Promise<void> {
  await insertEvents(pool, seeds);
  await until('the events', () => isDrained(pool));
}

/** Speed is worth something only when all was done, and once. */
async function judge({ pool, stage }: Running, kind: FlowKind, seeds: readonly Seed[]): Promise<void> {
  const { booked, bookedTwice } = await stage.fakes.ask({ ask: 'calls' });
  const all = WARM_UP_JOBS + stage.options.jobs;
  const expected = { invoice: WARM_UP_JOBS * 2, debit: WARM_UP_JOBS + all, capture: 2 * all }[kind];
  const ended = await endings(pool, seeds[0]?.flow ?? '');
  if (seeds.length !== stage.options.jobs || booked !== expected || bookedTwice > 0)
    throw new Error(
      `${kind}: ${booked} of ${expected} invoices booked, ${bookedTwice} twice; events: ${ended}`,
    );
}

function perJob(
  before: Readonly<Record<string, PostgresTraffic>>,
  after: Readonly<Record<string, PostgresTraffic>>,
  jobs: number,
): Record<string, PostgresTraffic> {
  return Object.fromEntries(
    Object.entries(after).map(([kind, { roundTrips, statements }]) => [
      kind,
      {
        roundTrips: (roundTrips - (before[kind]?.roundTrips ?? 0)) / jobs,
        statements: (statements - (before[kind]?.statements ?? 0)) / jobs,
      },
    ]),
  );
}

